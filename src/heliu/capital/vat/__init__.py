"""Value added tax: tax data of houses, rates, and the invoices the tax authority numbers."""
