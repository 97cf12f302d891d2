"""The single write path: opening a case and acting on it; inbox and case page."""
