"""Wall times, and what happens to them when a country changes the rules of its clocks."""
