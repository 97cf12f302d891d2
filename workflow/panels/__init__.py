"""Opinions of several, and the outcome a rule settles from them."""
