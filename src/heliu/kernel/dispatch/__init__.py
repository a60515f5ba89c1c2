"""Notices outward: to people, by mail and SMS, as each of them wishes."""
