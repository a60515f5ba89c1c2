"""Loans: one use of a facility for one order, from the quote to the close."""
