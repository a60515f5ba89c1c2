"""The dealer's desk: order, pay, fetch."""
