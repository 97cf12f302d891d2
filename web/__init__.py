"""Pages, commands and the server: what people and machines outside see. It translates and decides nothing."""
