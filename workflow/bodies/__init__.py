"""The tree of bodies and the roles held in them from one day to another."""
