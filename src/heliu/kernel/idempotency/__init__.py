"""Answers kept under the caller's key: the same request sent twice is done once."""
