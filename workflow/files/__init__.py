"""Files that came with forms: kept by the hash of their content, and never changed."""
