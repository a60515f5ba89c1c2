"""The books: what each party's accounts say about every journal of money."""
