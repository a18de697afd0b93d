"""Deeds by the button: the buttons, the pages of the deeds, the short form of a flash."""
