"""Consent: what a party allows another to see of it, for what and until when."""
