"""Cases: a buyer says that something is wrong, and the seller answers within its service level."""
