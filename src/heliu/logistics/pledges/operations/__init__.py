"""Every write of pledges: goods are bound, come free, and are fetched under a code."""
