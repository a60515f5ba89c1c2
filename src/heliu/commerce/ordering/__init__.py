"""Purchase orders: cart, order pad, order and its part deliveries."""
