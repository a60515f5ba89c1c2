"""What is promised and what is: every quantity and every movement of goods."""
