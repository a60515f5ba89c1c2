"""Work for later: the queue of procrastinate, and who may touch it."""
