"""The deal page: one page for all parties, each in its own words and with its own acts."""
