"""What stands beside a text on its page, each with its own addresses."""
