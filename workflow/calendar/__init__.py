"""Working days: which days count, by whose notice, and where a deadline ends."""
