"""Organisations, their roles and relationships."""
