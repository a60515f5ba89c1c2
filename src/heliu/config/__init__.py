"""Assembles the product: settings, addresses, servers, the database. Nobody below imports it."""
