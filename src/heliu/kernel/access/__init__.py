"""Who is who and who sees what: people, memberships, tokens, the door and the row policies."""
