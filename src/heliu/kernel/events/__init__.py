"""Facts (written once, in the transaction that made them true) and notices drawn from them."""
