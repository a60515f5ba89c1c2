"""Processes that cross the flows: placing an order, and the pledged order to its pick-up."""
