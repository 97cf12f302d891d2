"""Statistics of people, rounds and cases."""
