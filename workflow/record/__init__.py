"""The chain of events of every case, and the proof that nothing in it was changed."""
