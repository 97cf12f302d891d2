"""What many cases of a procedure would take: times, queues, ends, and the earliest day the rules allow."""

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from web.request import reading
from web.simulation_forms import MOST_CASES, asked, working_roles
from web.simulation_rendering import lawful_ends, simulated
from workflow.calendar.queries import calendar as calendar_of
from workflow.cases.versions import newest_versions
from workflow.versions.queries import versions_of

blueprint = Blueprint("procedure_simulations", __name__, url_prefix="/procedure-simulations")


@blueprint.get("/<key>")
def simulation(key: str) -> Response:
    """The newest version of a procedure, played with as many cases as the address says once it is asked to."""
    with reading() as context:
        version = versions_of(context, key)[0]
        calendar, today = calendar_of(context), context.today
        beside = {one.procedure.procedure: one.procedure for one in newest_versions(context.session)}
    procedure = version.procedure
    found = asked(procedure)
    shown = {}
    if "cases" in request.args and found.assumptions is not None:
        shown = simulated(procedure, found.assumptions, found.numbers, calendar, today, beside)
    ends, undated = (
        lawful_ends(procedure, found.assumptions, calendar, today, beside) if found.assumptions else ([], ())
    )
    page = render_template(
        "procedures/simulation.html",
        version=version,
        procedure=procedure,
        asked=found,
        roles=working_roles(procedure),
        most_cases=MOST_CASES,
        today=today,
        ends=ends,
        undated=undated,
        **shown,
    )
    return make_response(page, 422 if found.errors or found.findings else 200)
