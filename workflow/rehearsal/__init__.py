"""Rehearsal: plays scenario files through the real operations on a scratch database, and says what was exercised."""
