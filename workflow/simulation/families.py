"""Families of cases in a simulation: children that are opened, joined, acted on and cancelled."""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from workflow.engine.effects import ActOn, OpenChild
from workflow.engine.joining import settle_join
from workflow.procedure.children import Children, Opening
from workflow.procedure.model import Procedure
from workflow.procedure.stages import Use
from workflow.simulation.assumptions import USUAL_CHILDREN, Assumptions
from workflow.simulation.runs import Run

DEEPEST = 4


class Families:
    """What happens between a case and its children; the rest of a simulation builds on it."""

    assumptions: Assumptions
    procedures: Mapping[str, Procedure]
    chance: Random
    runs: list[Run]

    def _open(self, procedure: Procedure, state: str, hour: float, parent: Run | None, opened_in: str) -> None:
        raise NotImplementedError

    def _take(self, run: Run, name: str, hour: float) -> None:
        raise NotImplementedError

    def _later(self, run: Run, hour: float, happen: Callable[[float], None]) -> None:
        raise NotImplementedError

    def _cancel(self, runs: list[Run]) -> None:
        for run in runs:
            if run.is_open:
                run.is_cancelled, run.token = True, run.token + 1
                self._cancel(run.children)

    def _follow(self, run: Run, uses: tuple[Use, ...], hour: float) -> None:
        """What effects do to other cases; the rest of what they do takes no time."""
        for use in uses:
            if use.name == OpenChild.key:
                self._open_each(run, OpenChild.model_validate(use.params), hour)
            elif use.name == ActOn.key:
                self._act_on(run, ActOn.model_validate(use.params), hour)

    def _act_on(self, run: Run, effect: ActOn, hour: float) -> None:
        found = [one for one in self._among(run, effect.among) if one.is_open]
        found = [one for one in found if not effect.in_states or one.state in effect.in_states]
        if effect.which in {"chosen", "others"} and found:
            if run.winner not in {one.number for one in found}:
                run.winner = self.chance.choice(found).number
            found = [one for one in found if (one.number == run.winner) == (effect.which == "chosen")]
        elif effect.which == "first":
            found = found[: effect.take]
        for one in found:
            if effect.action in one.procedure.states[one.state].actions:
                self._later(one, hour, partial(self._take, one, effect.action))

    def _among(self, run: Run, among: str) -> list[Run]:
        if among == "children":
            return run.children
        if among == "parent":
            return [run.parent] if run.parent else []
        return [one for one in self.runs if one.parent is None and one is not run]

    def _open_each(self, run: Run, opening: Opening, hour: float) -> None:
        procedure = run.procedure if opening.branch else self.procedures.get(opening.procedure or "")
        if procedure is None or run.depth >= DEEPEST:
            return
        number = self.assumptions.children.get(opening.for_each, USUAL_CHILDREN) if opening.for_each else 1
        for _ in range(number):
            self._open(procedure, opening.branch or procedure.starts, hour, run, run.state)

    def _join(self, run: Run, hour: float) -> None:
        children = run.procedure.states[run.state].children
        if children is None or not run.is_open:
            return
        settled = settle_join(children.join, self._outcomes(run, children)).outcome
        if settled is not None:
            self._later(run, hour, lambda now: self._take(run, settled, now))

    def _outcomes(self, run: Run, children: Children) -> list[str | None]:
        states = {run.state, *children.gathers}
        return [one.outcome for one in run.children if one.opened_in in states and not one.is_cancelled]
