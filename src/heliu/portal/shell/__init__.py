"""What every desk shares: signing in, the frame, inbox, find, company, errors. No tables."""
