"""What a case is called after: the person it is about, else the post or matter it was opened for."""

from sqlalchemy import func

from workflow.cases.tables import Case
from workflow.people.tables import Person

SUBJECT = func.coalesce(Person.name, Case.title, Case.reference)
SUBJECT_LATIN = func.coalesce(Person.name_latin, Case.title, Case.reference)
"""For statements that join the case's person by an outer join; a case about nothing named goes by its reference."""
