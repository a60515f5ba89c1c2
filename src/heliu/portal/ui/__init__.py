"""Shared parts of the pages: frame, stylesheet, template tags and server-drawn figures."""
