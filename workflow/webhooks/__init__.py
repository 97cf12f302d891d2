"""What outside systems are to be told."""
