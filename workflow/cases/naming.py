"""Names people in a case: an `accounts` answer gives those accounts a role in it, until it is answered anew."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from workflow.bodies.tables import RoleHolding
from workflow.cases.loading import LoadedCase
from workflow.cases.roles import body_role_of
from workflow.cases.tables import Case, CaseReader
from workflow.context import Context
from workflow.engine.decide import Compiled
from workflow.people.called import Name, names_by_id
from workflow.people.tables import Account
from workflow.problems import Invalid, Problem


def eligible_accounts(context: Context, compiled: Compiled, case: LoadedCase, role_key: str) -> dict[int, Name]:
    """Account → name of everybody who holds a role today and may therefore be named."""
    role = compiled.procedure.roles[role_key]
    today = context.today
    rows = context.session.execute(
        select(Account.id, Account.name, Account.name_latin)
        .join(RoleHolding, RoleHolding.account_id == Account.id)
        .where(RoleHolding.body_role_id == body_role_of(context.session, role, case.body_id), Account.is_active)
        .where(RoleHolding.from_date <= today, (RoleHolding.to_date.is_(None)) | (RoleHolding.to_date >= today))
        .order_by(Account.id)
    )
    return names_by_id(rows)


def check_named(context: Context, compiled: Compiled, case: LoadedCase, form: str, values: Mapping[str, Any]) -> None:
    """Raises Invalid for accounts that do not hold the role their field picks from."""
    problems: list[Problem] = []
    for key, field in compiled.procedure.forms[form].fields.items():
        if field.type != "accounts" or not field.holders_of or key not in values:
            continue
        if not set(values[key]) <= eligible_accounts(context, compiled, case, field.holders_of).keys():
            problems.append(Invalid("account_not_eligible", field=key))
    if problems:
        raise Invalid("form_faulty", problems=tuple(problems), count=len(problems))


def name_people(session: Session, compiled: Compiled, case: LoadedCase, form: str, values: Mapping[str, Any]) -> None:
    """Gives the accounts named in a form their role in the case; who was named before and is not now loses it."""
    for role_key, role in compiled.procedure.roles.items():
        chosen_form, _, field = (role.chosen_in or "").partition(".")
        if chosen_form != form or field not in values:
            continue
        session.execute(delete(CaseReader).where(CaseReader.case_id == case.id, CaseReader.role == role_key))
        rows = [{"case_id": case.id, "account_id": account, "role": role_key} for account in values[field]]
        session.execute(insert(CaseReader), rows)
        session.execute(update(Case).where(Case.id == case.id).values(has_named=True))
