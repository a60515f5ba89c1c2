"""The sandbox bank as a process of its own: its own books, the contract of docs/bank-http.md."""
