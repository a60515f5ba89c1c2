"""Approvals: what one person asks for and others must agree to."""
