"""A seller's goods for everybody: pages without log-in, for people and search engines."""
