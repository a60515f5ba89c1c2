"""Benches: how fast and how dear Heliu's hot paths are, each beside what the machine can do.

Nothing of the product imports this; `heliu bench` alone does. See docs/performance.md.
"""
