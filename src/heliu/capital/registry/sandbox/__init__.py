"""A registry in a box: answers at once, and fails as scripted."""
