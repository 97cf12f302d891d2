"""What somebody does to many cases at once: chosen, looked at beforehand, then done one transaction a case."""
