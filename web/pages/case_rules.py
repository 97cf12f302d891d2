"""The rules of a case: each article its procedure cites, whether it was kept, and when the case can lawfully end."""

from flask import Blueprint, render_template

from web.request import reading
from workflow.cases.articles import articles_of_case
from workflow.simulation.queries import earliest_of_case

blueprint = Blueprint("case_rules", __name__, url_prefix="/cases")


@blueprint.get("/<int:case_id>/rules")
def rules(case_id: int) -> str:
    """The articles of a case, and when it can lawfully end."""
    with reading() as context:
        found = articles_of_case(context, case_id)
        earliest = earliest_of_case(context, case_id)
    return render_template("case/rules.html", found=found, case=found.case, earliest=earliest)
