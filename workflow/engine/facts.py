"""The catalogue of facts: everything a guard may look at, by name, as JSON values."""

from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]

CATALOGUE: dict[str, str] = {
    "today": "date of the decision, ISO text",
    "actor.account_id": "account that acts; null for the clock",
    "actor.person_id": "person of the archive behind the account; null for most accounts",
    "actor.roles": "procedure roles the actor holds in this case",
    "case.category": "category of the case",
    "case.doers": "action → accounts that did it in this case",
    "case.other_active": "other open cases of the same person in the same round: list of {reference, state}",
    "case.waived": "identities of guards waived in this case",
    "form.values": "the form being sent; null while only looking",
    "person.birth_date": "ISO date",
    "person.political_status": "code",
    "person.education": "code",
    "person.work_start_date": "ISO date or null",
    "person.post_since": "ISO date the present post is held from, or null",
    "person.sanctions": "list of {kind, until}",
    "person.grades": "year → grade code",
    "person.trainings": "list of {to_date, hours, is_off_job, is_completed}",
    "round.opens_date": "ISO date or null",
    "round.closes_date": "ISO date or null",
    "round.is_closed": "whether the round was closed before its timetable ended",
    "review.due_date": "ISO date the yearly review is due, or null",
    "round.rubric": "the round's yardstick: list of {key, title, weight, out_of}",
    "round.seats": "category → seats",
    "round.states": "category → state → number of the round's cases there",
    "team.persons": "account → person id, for accounts named in the form",
    "team.kin": "ids of persons who are kin of the case's person",
}
