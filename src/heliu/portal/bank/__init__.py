"""The bank's desk: what a person decides, what was lent, what secures it, what the books say."""
