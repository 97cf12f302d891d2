"""The commands of `./run`: one module each, whose `command` is found by its file name."""
