"""The commerce flow: what is offered, at what price, and what was ordered."""
