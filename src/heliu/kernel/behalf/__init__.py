"""Ordering in a customer's name: allowed by it, seen by it, ended by it."""
