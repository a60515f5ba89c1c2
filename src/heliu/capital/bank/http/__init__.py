"""A bank that speaks HTTP; the contract is docs/bank-http.md."""
