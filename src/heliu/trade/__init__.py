"""The processes that cross the flows: placing an order, and the financed order from click to pick-up."""
