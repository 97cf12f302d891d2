"""The second process: deadlines, reminders and delivery."""
