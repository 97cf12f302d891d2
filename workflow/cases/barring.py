"""Who holds a role and may not act in a case all the same: separation of duties, asked before work is somebody's."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import select

from workflow.cases.gathering import Gathered, gather_facts
from workflow.cases.loading import LoadedCase
from workflow.cases.offering import ActionView
from workflow.context import Actor, Context
from workflow.engine.decide import BoundGuard, Compiled
from workflow.people.tables import Account
from workflow.problems import Reason

WAIVED = "case.waived"
OF_OTHERS = {"not_done_by_same.same": "not_done_by_same.other"}
"""What a reason is called that is told to somebody else than whom it bars."""


def barred_among(
    context: Context, compiled: Compiled, case: LoadedCase, role: str, accounts: Sequence[int]
) -> dict[int, tuple[Reason, ...]]:
    """Account → why it may not do what a role is waited for, for those of the accounts that may not.

    Only rules about who acts are asked; who is barred from one of the actions awaited does not get the work.
    """
    guards = tuple(_separating(compiled, case.state, role))
    if not guards or not accounts:
        return {}
    needs = {fact for bound in guards for fact in bound.guard.facts_needed}
    needs |= {WAIVED} if any(bound.waivable_by for bound in guards) else set()
    rows = context.session.execute(select(Account.id, Account.person_id).where(Account.id.in_(accounts))).all()
    shared = gather_facts(context, case, needs={fact for fact in needs if not fact.startswith("children.")}, form=None)
    barred = {}
    for account_id, person_id in rows:
        facts = {**shared, "actor.account_id": account_id, "actor.person_id": person_id}
        own = replace(context, actor=Actor(account_id, "", person_id=person_id))
        facts |= gather_facts(own, case, needs=needs - facts.keys(), form=None)
        reasons = tuple(_reasons(guards, facts))
        if reasons:
            barred[account_id] = reasons
    return barred


def told_to_others(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons as somebody reads them whom they are not about."""
    return tuple(replace(reason, code=OF_OTHERS.get(reason.code, reason.code)) for reason in reasons)


def barring(compiled: Compiled, state: str, role: str, offered: Iterable[ActionView]) -> tuple[Reason, ...]:
    """Why the reader of a case may not take the work of a role, among the reasons their own actions have."""
    identities = {bound.identity for bound in _separating(compiled, state, role)}
    found = [reason for action in offered for reason in action.reasons if reason.guard in identities]
    return tuple({(reason.code, str(reason.params)): reason for reason in found}.values())


def _separating(compiled: Compiled, state: str, role: str) -> Iterator[BoundGuard]:
    """The rules about who acts, of what a role is waited for in a state."""
    for action in compiled.actions_in(state):
        if action.action.awaited and role in action.action.by:
            yield from (
                bound for bound in action.guards if bound.guard.is_about_actor and not bound.guard.is_about_form
            )


def _reasons(guards: Iterable[BoundGuard], facts: Gathered) -> Iterator[Reason]:
    told = set()
    for bound in guards:
        if bound.waivable_by and bound.identity in facts[WAIVED]:
            continue
        for reason in bound.guard.reasons(facts):
            if (known := (reason.code, str(reason.params))) not in told:
                told.add(known)
                yield replace(reason, cites=bound.cites[0] if bound.cites else None, guard=bound.identity)
