"""How an organisation joins: it signs up or is invited, is verified, and may trade."""
