"""A batch of cases called for together: timetable, bodies called, returns, seats, rubric."""
