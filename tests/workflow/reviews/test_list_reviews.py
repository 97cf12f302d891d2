"""By which yearly review each list goes is known to whoever looks after it, also where nobody has decided."""

from typing import Any

import pytest

from tests.fixtures.office import Office
from tests.workflow.reviews.test_planning import taken_over
from workflow.cases.tables import ProcedureVersion
from workflow.cases.versions import publish_procedure
from workflow.context import Actor
from workflow.pools.operations import leave
from workflow.problems import Forbidden
from workflow.procedure.model import Procedure
from workflow.reviews.queries import ListReview, list_reviews

ADMINISTRATOR = Actor(account_id=1, name="admin", is_administrator=True)


def seen(office: Office, actor: Actor = ADMINISTRATOR) -> dict[str, ListReview]:
    office.actors["reader"] = actor
    with office.as_("reader") as context:
        return {one.key: one for one in list_reviews(context)}


def forget(office: Office, key: str) -> None:
    with office.database.writing() as session:
        session.query(ProcedureVersion).filter_by(key=key).delete()


def test_a_list_with_one_review_is_planned_and_counts_who_is_on_it(any_office: Office) -> None:
    gone, _stays, _too = taken_over(any_office, 3)
    with any_office.as_("secretary") as context:
        leave(context, membership_id=gone, reason="removed")
    (leader,) = seen(any_office).values()
    assert (leader.members, leader.reviews, leader.is_planned) == (2, ("annual-review",), True)
    assert leader.titles[0].en


def test_a_list_that_several_reviews_could_be_of_names_them(office: Office, shipped: dict[str, Procedure]) -> None:
    taken_over(office, 1)
    text = shipped["annual-review"].model_dump_json(by_alias=True, exclude_defaults=True)
    with office.as_(None) as context:
        publish_procedure(context, Procedure.model_validate_json(text.replace("annual-review", "talent-review")))
    leader = seen(office)["leader"]
    assert (leader.reviews, leader.is_planned) == (("annual-review", "talent-review"), False)


@pytest.mark.parametrize(("key", "reviews"), [("leader", ()), ("reserve", ("annual-review",))])
def test_a_list_without_a_published_review_is_not_planned(office: Office, key: str, reviews: Any) -> None:
    taken_over(office, 1, key=key)
    forget(office, "annual-review")
    found = seen(office)[key]
    assert (found.reviews, found.titles, found.is_planned) == (reviews, (), False)


def test_it_is_for_administrators_and_readers_of_lists(office: Office) -> None:
    taken_over(office, 1)
    assert seen(office, office.actors["frontier"])
    with pytest.raises(Forbidden):
        seen(office, office.actors["nominator"])
