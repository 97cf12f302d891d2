"""Lists of people under review, and the yearly reviews of their members."""

from flask import Blueprint, render_template, request

from web.menu import Entry
from web.request import reading
from workflow.access.rules import may_open
from workflow.context import Actor
from workflow.pools.queries import members, pools
from workflow.problems import Forbidden
from workflow.reviews.queries import reviews_of_year

blueprint = Blueprint("pools", __name__, url_prefix="/pools")


def _may(actor: Actor) -> bool:
    return may_open(actor, "register")


menu_entry = Entry("Lists and reviews", "pools.overview", 60, "card-checklist", _may)


@blueprint.get("/")
def overview() -> str:
    """Every list with its members, target and vacancies."""
    with reading() as context:
        _require(context.actor)
        found = pools(context)
        people = {pool.key: members(context, pool_key=pool.key) for pool in found}
    return render_template("pools/overview.html", pools=found, people=people)


@blueprint.get("/reviews")
def reviews() -> str:
    """The reviews of a year, by where they stand."""
    with reading() as context:
        _require(context.actor)
        year = request.args.get("year", type=int) or context.today.year
        found = reviews_of_year(context, year=min(max(year, 2000), 2100))
    return render_template("pools/reviews.html", found=found, year=found.year)


def _require(actor: Actor) -> None:
    if not _may(actor):
        raise Forbidden("page_forbidden")
