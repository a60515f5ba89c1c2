"""Money: books, the bank link, credit, lending, interest."""
