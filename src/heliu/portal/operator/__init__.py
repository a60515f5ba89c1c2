"""The operator's desk: whether the four flows agree, and what needs a person anywhere."""
