"""The clock: deadlines, reminders and delivery, in a process of its own."""
