"""The seller's desk: confirm, ship, see the money come, keep prices and goods."""
