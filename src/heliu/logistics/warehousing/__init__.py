"""Buildings and bins, counting in, warehouse receipts, picking."""
