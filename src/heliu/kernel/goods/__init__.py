"""What goods are: SKUs, families, units. What they cost or where they lie is elsewhere."""
