"""The registry of movables: searches, registrations, and the public register behind a port."""
