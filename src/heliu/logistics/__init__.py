"""The goods: where they are, whose they are, what binds them. Goods are moved, never made."""
