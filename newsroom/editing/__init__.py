"""Work on one text: what is typed and not saved, who has it open, and the joining of two people's changes."""
