"""What a lender has out: how late, to whom, up to what, and how each month's loans turn out."""
