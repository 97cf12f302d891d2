"""What a procedure designer edits: procedures, code tables, message texts and the demonstration district."""
