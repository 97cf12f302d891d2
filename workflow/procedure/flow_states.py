"""One state of a procedure as a graph: its element, what ends or accompanies it, and the ways out of it."""

from collections.abc import Iterator
from dataclasses import replace

from workflow.procedure.flow_parts import Flow, Kind, Node
from workflow.procedure.flow_words import (
    OTHERWISE,
    back_title,
    condition_words,
    joined,
    notes_of,
    outcome_title,
    timer_title,
    way_words,
)
from workflow.procedure.model import Procedure
from workflow.procedure.stages import Action, Deadline, State


def entry(procedure: Procedure, ref: str) -> str:
    """The node by which a state is come to."""
    return f"race-{ref}" if procedure.states[ref].notice and procedure.own_actions[ref] else ref


def roles_asked(state: State) -> tuple[str, ...]:
    """Who is asked in a state: a panel's members, otherwise everybody with an action there that is awaited."""
    if state.panel:
        return tuple(dict.fromkeys((*state.panel.of.mentioned, *filter(None, (state.panel.recorded_by,)))))
    awaited = [action for action in state.actions.values() if action.awaited] or list(state.actions.values())
    return tuple(dict.fromkeys(role for action in awaited for role in action.by))


def kind_of(state: State) -> Kind:
    """What a state is, as an element."""
    if state.final is not None:
        return "end"
    if state.choose:
        return "choose"
    return "panel" if state.panel else "notice" if state.notice else "children" if state.children else "task"


def only_the_clock_takes(procedure: Procedure, state: State, name: str) -> bool:
    """Whether an action is taken when the time of its state is over, and at no other time: by nobody, by no other case."""
    action = state.actions.get(name)
    if action is None or state.deadline is None or state.deadline.on_expiry != name or wide(procedure, name, action):
        return False
    is_told = any(
        use.name == "act_on" and use.params.get("action") == name
        for one in procedure.states.values()
        for use in one.every_effect
    )
    return not is_told and all(procedure.roles[role].is_automatic for role in action.by)


def wide(procedure: Procedure, name: str, action: Action) -> bool:
    """Whether an action is one of many states, drawn apart from them."""
    return any(one.name == name and one.action is action for one in procedure.wide_actions)


class StateGraph:
    """The nodes of one state and the flows out of it; actions of many states are drawn elsewhere."""

    def __init__(self, procedure: Procedure, ref: str) -> None:
        self.procedure, self.ref, self.state = procedure, ref, procedure.states[ref]
        self.kind = kind_of(self.state)
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []

    def build(self) -> None:
        """Fills `nodes` and `flows`."""
        if entry(self.procedure, self.ref) != self.ref:
            self.nodes.append(Node(f"race-{self.ref}", "race", self.ref))
            self.flows.append(Flow(f"race-on-{self.ref}", f"race-{self.ref}", self.ref))
        self.nodes.append(self._element())
        ways = [*self._outcomes(), *self._choices()]
        for name, action in self.procedure.own_actions[self.ref].items():
            ways += self._action(name, action)
        own = [way for way in ways if way.source == self.ref]
        if len(own) > 1 and self.kind != "choose":
            choice = f"choice-{self.ref}"
            self.nodes.append(Node(choice, "choice", self.ref))
            self.flows.append(Flow(f"choose-{self.ref}", self.ref, choice))
            ways = [replace(way, source=choice) if way.source == self.ref else way for way in ways]
        self.flows += ways
        if self.state.deadline and self.kind in {"task", "panel", "children"}:
            self._deadline(self.state.deadline)

    def _element(self) -> Node:
        state, children = self.state, self.state.children
        notes = notes_of(self.procedure, state, "title", "actions", "outcomes", "outcome_titles", "choose")
        opens = children.opens if children else ()
        leads = next((opening.procedure for opening in opens if opening.procedure), None)
        many = len(opens) != 1 or any(opening.for_each for opening in opens)
        return Node(
            self.ref, self.kind, self.ref, state.title, notes,
            timer=state.notice, roles=roles_asked(state), leads=leads, many=many,
        )  # fmt: skip

    def _outcomes(self) -> Iterator[Flow]:
        for name, target in self.state.outcomes.items():
            way, title = f"way-outcome-{self.ref}-{name}", outcome_title(self.state, name)
            yield Flow(way, self.ref, entry(self.procedure, target), title, name)

    def _choices(self) -> Iterator[Flow]:
        for number, way in enumerate(self.state.choose, start=1):
            said = condition_words(self.procedure, way.when) if way.when else None
            notes = notes_of(self.procedure, way, "to")
            way_id, target = f"way-choose-{self.ref}-{number}", entry(self.procedure, way.to)
            yield Flow(way_id, self.ref, target, said or OTHERWISE, "when" if said else "otherwise", notes, said)

    def _action(self, name: str, action: Action) -> Iterator[Flow]:
        notes = notes_of(self.procedure, action, "title", "to")
        stays = action.named_targets == (self.ref,) and self.kind in {"task", "panel", "children"}
        is_clocks = only_the_clock_takes(self.procedure, self.state, name)
        source = f"expiry-{self.ref}" if is_clocks else self._event(name, action, stays=stays) or self.ref
        way = Flow(
            f"way-act-{self.ref}-{name}",
            source,
            "",
            way_words(self.procedure, self.ref, name),
            name,
            notes,
            is_named=source == self.ref,
        )
        if stays:
            self.nodes.append(Node(f"noted-{self.ref}-{name}", "noted", self.ref))
            yield replace(way, target=f"noted-{self.ref}-{name}")
        elif not action.named_targets:
            back = f"back-{self.ref}-{name}"
            leads = tuple(f"leads to: {target}" for target in self.procedure.targets_of(action))
            self.nodes.append(Node(back, "back", self.ref, back_title(action.to), leads))
            yield replace(way, target=back)
        else:
            yield from self._targets(way, name, action.named_targets)

    def _targets(self, way: Flow, name: str, targets: tuple[str, ...]) -> Iterator[Flow]:
        """Straight to the only target, or by a gateway to each."""
        if len(targets) == 1:
            yield replace(way, target=entry(self.procedure, targets[0]))
            return
        gateway = f"to-{self.ref}-{name}"
        self.nodes.append(Node(gateway, "parting", self.ref))
        yield replace(way, target=gateway)
        for number, target in enumerate(targets, start=1):
            title = self.procedure.states[target].title
            yield Flow(f"to-{self.ref}-{name}-{number}", gateway, entry(self.procedure, target), title)

    def _event(self, name: str, action: Action, *, stays: bool) -> str | None:
        """An event of the action's own, where the state does not simply end by it."""
        if self.kind == "end":
            kind: Kind = "reopening"
        elif stays:
            kind = "remark"
        elif self.kind in {"panel", "children"}:
            kind = "interruption"
        elif self.kind == "notice":
            kind = "wait"
        else:
            return None
        event = f"{kind}-{self.ref}-{name}"
        host = self.ref if kind in {"remark", "interruption"} else None
        self.nodes.append(Node(event, kind, self.ref, action.title, host=host, roles=action.by))
        if kind == "wait":
            self.flows.append(Flow(f"race-on-{event}", f"race-{self.ref}", event))
        return event

    def _deadline(self, deadline: Deadline) -> None:
        ref, procedure = self.ref, self.procedure
        notes, length = notes_of(procedure, deadline), timer_title(procedure, deadline)
        if deadline.remind or deadline.escalate:
            self.nodes += [
                Node(f"deadline-{ref}", "deadline", ref, length, notes, host=ref, timer=deadline),
                Node(f"told-{ref}", "told", ref),
            ]
            self.flows.append(Flow(f"tell-{ref}", f"deadline-{ref}", f"told-{ref}"))
        name = deadline.on_expiry or ""
        leads = next((target for way, target in procedure.targets(ref) if way == name), None)
        if leads is None:
            return
        title, expiry = way_words(procedure, ref, name), f"expiry-{ref}"
        self.nodes.append(Node(expiry, "expiry", ref, joined(length, title), notes, host=ref, timer=deadline))
        if not only_the_clock_takes(procedure, self.state, name):
            self.flows.append(Flow(f"expire-{ref}", expiry, entry(procedure, leads), title, name, is_named=False))
