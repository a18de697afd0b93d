"""Hours as they were meant: wall times, and what a change of the clocks does to them."""
