"""The identity of goods: SKUs, families, units of measure. What they cost or where they lie is elsewhere."""
