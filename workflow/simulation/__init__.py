"""Procedures played in thought: the earliest lawful day of each end, and what many cases would take."""
