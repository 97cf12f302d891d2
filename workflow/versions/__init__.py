"""The life of procedure versions: drafts that two people publish, and running cases moved from one version to another."""
