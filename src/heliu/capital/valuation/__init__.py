"""What goods are worth as security: prices from outside, and what may be lent against a pool."""
