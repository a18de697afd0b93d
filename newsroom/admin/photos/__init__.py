"""The photo library and the sizes of its photos."""
