"""A price index of the house's own, whose prices somebody sets: for the demonstration and tests."""
