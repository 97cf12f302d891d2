"""How far the demonstration has got: the stages to choose from, and which working day of the round each one is."""

from typing import Final

STAGES: Final = ("recommendation", "review", "assessment", "decision", "notice", "appointed", "reviewing")
DEFAULT_STAGE: Final = "decision"
"""The one stage where every role has something to do: nominating bodies hold drafts and returned papers, the departments
have co-signs and exceptions to answer, assessors score and report, and the committee's recorder has a meeting to record."""

CALLED: Final = 0.0
NOMINATING: Final = 0.5
CLOSES: Final = 13
ASSESSING: Final = 28.0
SUBMITTING: Final = 44.0
FIRST_MEETING: Final = 45.2
SECOND_MEETING: Final = 48.2
YEARLY: Final = 58.0
PLANNED: Final = {"review_by": 27, "assessment_by": 43, "decision_on": 45, "notice_from": 46, "listing_by": 57}
"""Working days since the opening of the round on which each part of it begins; `CLOSES` is the last day of nominations,
`PLANNED` has the days of the timetable."""

TODAY: Final = {
    "recommendation": 8.6,
    "review": 14.5,
    "assessment": 37.0,
    "decision": 47.2,
    "notice": 52.3,
    "appointed": 57.5,
    "reviewing": 64.0,
}
"""Stage → the day of the round that it is now."""
