"""Quotes: what a buyer asks a price for, and what the seller answers, in versions."""
