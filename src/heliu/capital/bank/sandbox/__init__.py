"""A bank in a box: books at once, sends signed notices, and fails as scripted."""
