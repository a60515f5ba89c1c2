"""Tag library of the shared parts."""
