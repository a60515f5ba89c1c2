"""A tax authority of our own, for the demonstration and the tests."""
