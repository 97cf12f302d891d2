"""Engine, sessions and column types: the only place that knows which database runs below."""
