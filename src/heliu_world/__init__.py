"""A whole market from one seed, lived through on the real operations, with everything checked."""
