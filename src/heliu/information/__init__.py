"""What happened and what it means: reads the flows below."""
