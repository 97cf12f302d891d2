"""Frozen texts of every published version of each shipped procedure, with histories that ran by it."""
