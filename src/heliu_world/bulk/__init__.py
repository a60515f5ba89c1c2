"""A chain of any size, loaded in sets: the demo's world, many times over."""
