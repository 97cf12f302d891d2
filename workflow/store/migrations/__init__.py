"""The history of the database's shape: one numbered file for each change."""
