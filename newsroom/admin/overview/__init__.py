"""What one sees of the whole newsroom: the home, the board, the week, and whether the clock beats."""
