"""A company register in a box: it knows whom it was told, and is silent as scripted."""
