"""The catalogue of facts: everything a guard may look at, by name, as JSON values."""

from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]

CATALOGUE: dict[str, str] = {
    "today": "date of the decision, ISO text",
    "actor.account_id": "account that acts; null for the clock",
    "actor.person_id": "person of the archive behind the account; null for most accounts",
    "actor.roles": "procedure roles the actor holds in this case",
    "attempt.number": "which attempt of the procedure this is, from 1",
    "case.category": "category of the case",
    "case.state": "state the case is in",
    "case.visited": "states the case has been in, in the order first entered",
    "case.last_done": "the last thing done to the case: {action, account_id, at}",
    "case.suspended_in": "state in which the case was suspended, or null",
    "case.doers": "action → accounts that did it in this case",
    "case.other_active": "other open cases of the same person in the same round: list of {reference, state}",
    "case.waived": "identities of guards waived in this case",
    "form.values": "the form being sent; null while only looking",
    "person.age": "completed years today, by month; null where the birth date is unknown",
    "person.sex": "code",
    "person.birth_date": "ISO date",
    "person.political_status": "code",
    "person.education": "code",
    "person.work_start_date": "ISO date or null",
    "person.post_since": "ISO date the present post is held from, or null",
    "person.sanctions": "list of {kind, until}",
    "person.grades": "year → grade code",
    "person.lists": "keys of the lists the person is on",
    "person.trainings": "list of {to_date, hours, is_off_job, is_completed}",
    "round.opens_date": "ISO date or null",
    "round.closes_date": "ISO date or null",
    "round.is_closed": "whether the round was closed before its timetable ended",
    "review.due_date": "ISO date the yearly review is due, or null",
    "round.rubric": "the yardstick of the round, or of the procedure outside rounds: list of {key, title, weight, out_of}",
    "round.seats": "category → seats",
    "round.states": "category → state → number of the round's cases there",
    "team.persons": "account → person id, for accounts named in the form",
    "team.kin": "ids of persons who are kin of the case's person",
}

FORM_BEING_SENT = "form.values"
FAMILIES: dict[str, str] = {
    "form": "`form.FORM.KEY`: the newest answer of the case to a question of a form; null where there is none",
    "entered": "`entered.STAGE.STATE`: how often the case has entered the state in the present attempt",
    "outcome": "`outcome.STAGE.STATE`: the last outcome of the panel, notice or child cases of a state, or null",
    "votes": "`votes.STAGE.STATE.OPINION`: how many gave the opinion when the panel of a state was last settled",
    "scores": "`scores.STAGE.STATE`: the mean of the weighted totals given when the panel of a state was last settled, with two "
    "decimals; null where nobody scored",
    "tally": "`tally.STAGE.STATE.candidates`, `.leading`, `.last`: how many candidates stood, how many share the most votes and how "
    "many the fewest, when the panel of a state was last settled",
    "children": "`children.open`, `children.total`, `children.OUTCOME`: child cases of the present attempt, by outcome; "
    "`children.mine`: open ones about the person who acts; `children.STAGE.STATE`: those that are in a state now",
    "others": "`others.SAME[.SAME…]`: other open cases with the same `person`, `round`, `body`, `procedure`, `category` or "
    "`post`: list of {reference, state}",
    "round": "`round.KEY`: a planned date of the round's timetable, ISO text or null",
    "rank": "`rank.FORM.KEY`: the place of the case among the open ones of its round and category, or of its parent, the highest answer first; equal "
    "answers share a place; null without an answer",
    "parent": "`parent.state`, `parent.stage`, `parent.outcome`: where the case is that this one is a child of, or null",
}
"""Facts with a name of their own each: the part before the first dot → what they are."""


def fact_behind(name: str) -> str:
    """The fact to gather for a name that a condition uses: answers of the form being sent come together."""
    return FORM_BEING_SENT if name.startswith("field.") else name


def is_known(name: str) -> bool:
    """Whether there is a fact of this name."""
    family, dot, rest = name.partition(".")
    return name in CATALOGUE or family == "field" or (family in FAMILIES and bool(dot and rest))
