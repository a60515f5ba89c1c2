"""The credit file: evidence about a dealer, gathered from the chain's own data."""
