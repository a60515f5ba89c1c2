"""Before the door: signing up, by oneself or by invitation, and choosing a password."""
