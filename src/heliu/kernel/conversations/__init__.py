"""Conversations: what houses say to each other about a record that both may see."""
