"""Who may borrow how much at what price, and why."""
