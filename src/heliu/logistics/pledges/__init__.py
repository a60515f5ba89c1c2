"""What binds goods to a lender, and how they come free."""
