"""Price lists: who pays what from which quantity on which day."""
