"""Every write of joining, by who does it."""
