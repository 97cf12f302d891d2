"""Lists of people kept under review, and who is on them since when."""
