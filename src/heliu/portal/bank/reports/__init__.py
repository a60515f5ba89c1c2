"""What the bank has out, in reports that are looked at, read, and taken away as sheets."""
