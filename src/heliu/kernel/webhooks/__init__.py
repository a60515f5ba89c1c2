"""Facts outward: signed messages to the programs of the organisations they concern."""
