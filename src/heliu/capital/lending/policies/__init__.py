"""What a loan costs, what is owed on it, what a payment pays and what it sets free: pure."""
