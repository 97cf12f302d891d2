"""The yearly review of everybody on a list: scheduled, opened, closed."""
