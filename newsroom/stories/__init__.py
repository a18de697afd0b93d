"""A story's text: its content, saving it, the rows it refers to and the links that lead to it."""
