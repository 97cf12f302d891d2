"""The outbox: what is to be delivered to whom, and what became of it."""
