"""Public notices: when they end, what pauses them, what is objected."""
