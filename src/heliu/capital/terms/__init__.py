"""Trade credit: the terms of a seller with a buyer, the invoices under them, and their payment."""
