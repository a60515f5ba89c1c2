"""Lists of goods a buyer orders again, and orders that come back by themselves."""
