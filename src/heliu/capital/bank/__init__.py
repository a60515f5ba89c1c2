"""The link to the banks: accounts, instructions, notices, statements."""
