"""The scheduler's signs of life."""
