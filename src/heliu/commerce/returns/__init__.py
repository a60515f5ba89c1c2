"""Returns and claims: goods that a buyer sends back or keeps for less, and what it gets."""
