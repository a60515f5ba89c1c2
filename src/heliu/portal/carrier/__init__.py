"""The carrier's desk: what to fetch, what is on the way, what went wrong, what was handed over."""
