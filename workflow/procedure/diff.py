"""What differs between two versions of a procedure, thing by thing: added, removed, renamed, old value → new value.

The walk follows the models themselves, so that a construct added to the language is compared from its first day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic.fields import FieldInfo
from pydantic_core import to_json

from workflow.procedure.conditions import Condition
from workflow.procedure.diff_names import Names, plain_value, renamed_things
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Part, Words
from workflow.procedure.stages import Use

Kind = Literal["added", "removed", "renamed", "changed", "order"]


@dataclass(frozen=True, slots=True)
class Thing:
    """One part of a definition as a reader knows it.

    `kind` is a key of the text catalogue (`kind.state`), `name` its title in both languages or its key.
    """

    kind: str
    key: str
    name: Mapping[str, str] | str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `code` is a key of the text catalogue with `params`; `where` leads from the outside to the thing.

    `params` hold `old` and `new` as values a text can show (None for what is not there), `what` as the name of the
    value's key, `entry` where it is one of several under that key, and `thing` where all of it came or went.
    """

    kind: Kind
    code: str
    where: tuple[Thing, ...]
    place: tuple[str, ...]
    """Keys from the top of the newer definition (of the older, for what was removed)."""
    params: dict[str, Any] = field(default_factory=dict)


def diff(old: Procedure, new: Procedure) -> tuple[Change, ...]:
    """Every difference from one version to another, in the order of the newer; empty when the rules are the same."""
    if old.digest == new.digest:
        return ()
    walk = _Walk(Names(old), Names(new), renamed_things(old, new))
    return tuple(walk.part(old, new, (), ()))


class _Walk:
    """The comparison of two definitions, with what has been renamed between them."""

    def __init__(self, old: Names, new: Names, renamed: Mapping[tuple[str, ...], str]) -> None:
        self._old, self._new, self._renamed = old, new, renamed

    def part(self, old: Part | None, new: Part, where: tuple[Thing, ...], place: tuple[str, ...]) -> Iterator[Change]:
        """Differences inside one thing; `old` is None where all of it is new."""
        for name, info in type(new).model_fields.items():
            after = getattr(new, name)
            before = getattr(old, name) if old is not None else _default(info, after)
            if not _is_same(before, after) and not (old is None and name == "title"):
                yield from self._value(name, before, after, where, (*place, name))

    def _value(
        self, name: str, before: Any, after: Any, where: tuple[Thing, ...], place: tuple[str, ...]
    ) -> Iterator[Change]:
        if _is_thing(before) or _is_thing(after):
            yield from self._thing(name, before, after, where, place)
        elif _is_family(before) or _is_family(after):
            yield from self._family(name, before, after, where, place)
        elif _is_sequence(before) or _is_sequence(after):
            yield from self._family(name, _counted(before), _counted(after), where, place)
        elif isinstance(before, dict) or isinstance(after, dict):
            yield from self._entries(name, before or {}, after or {}, where, place)
        else:
            yield from self._leaf(name, before, after, where, place)

    def _thing(
        self, name: str, before: Part | None, after: Part | None, where: tuple[Thing, ...], place: tuple[str, ...]
    ) -> Iterator[Change]:
        """A part of its own: a panel, a deadline, a notice."""
        thing = _thing_of(name, "", after if after is not None else before)
        if after is None:
            yield _whole("removed", thing, where, place)
            return
        if before is None:
            yield _whole("added", thing, where, place)
        yield from self.part(before, after, (*where, thing), place)

    def _family(
        self, name: str, before: Mapping[str, Part], after: Mapping[str, Part], where: Any, place: tuple[str, ...]
    ) -> Iterator[Change]:
        """Things under keys: states, actions, roles, fields; what is renamed is compared with what it was."""
        new_keys = {key: self._renamed.get((*place, key), key) for key in before}
        old_keys = {new_key: key for key, new_key in new_keys.items()}
        for key, part in before.items():
            if new_keys[key] not in after:
                yield _whole("removed", _thing_of(name, key, part), where, (*place, key))
        for key, part in after.items():
            thing, was = _thing_of(name, key, part), before.get(old_keys.get(key, ""))
            if was is None:
                yield _whole("added", thing, where, (*place, key))
            elif old_keys[key] != key:
                yield _whole("renamed", thing, where, (*place, key), old=old_keys[key], new=key)
            if not _is_same(was, part):
                yield from self.part(was, part, (*where, thing), (*place, key))
        yield from self._order(name, [new_keys[key] for key in before], list(after), where, place)

    def _entries(
        self, name: str, before: Mapping[str, Any], after: Mapping[str, Any], where: Any, place: tuple[str, ...]
    ) -> Iterator[Change]:
        """Values under keys: the targets of outcomes, the answers of a choice, the parameters of a guard."""
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield from self._leaf(name, before.get(key), after.get(key), where, (*place, key), entry=key)
        yield from self._order(name, list(before), list(after), where, place)

    @staticmethod
    def _order(name: str, before: list[str], after: list[str], where: Any, place: tuple[str, ...]) -> Iterator[Change]:
        common = [key for key in before if key in after]
        if common != [key for key in after if key in before]:
            yield Change("order", "change.order", where, place, {"what": name})

    def _leaf(
        self, name: str, before: Any, after: Any, where: Any, place: tuple[str, ...], entry: str = ""
    ) -> Iterator[Change]:
        key = entry if entry and where and where[-1].kind in ("guard", "effect") else name
        if self._old.translated(name, before, self._renamed) == after:
            return
        old, new = self._old.shown(key, before), self._new.shown(key, after)
        kind: Kind = "added" if _is_nothing(before) else "removed" if _is_nothing(after) else "changed"
        code = f"change.value_{kind}" + ("_of" if entry and key == name else "")
        params = {"what": key, "entry": entry, "old": old, "new": new}
        yield Change(kind, code, where, place, params)


def _whole(kind: Kind, thing: Thing, where: tuple[Thing, ...], place: tuple[str, ...], **params: Any) -> Change:
    code = f"change.thing_{kind}" if thing.name else f"change.part_{kind}"
    return Change(kind, code, where, place, {"thing": thing, **params})


def _is_same(before: Any, after: Any) -> bool:
    """Equal in every value and in the order in which things stand, which dictionaries do not compare."""
    return before is after or (before == after and _written(before) == _written(after))


def _written(value: Any) -> bytes:
    """A value with its keys as they stand."""
    return to_json(value, serialize_as_any=True)


def _default(info: FieldInfo, like: Any) -> Any:
    """What a key says where it is left out; nothing where it must be given."""
    if info.is_required():
        return type(like)() if isinstance(like, dict | tuple) else None
    return info.get_default(call_default_factory=True)


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, dict | tuple) and not value)


def _is_thing(value: Any) -> bool:
    return isinstance(value, Part) and not isinstance(value, Words | Condition)


def _is_family(value: Any) -> bool:
    """Parts under keys; words under keys are values."""
    return isinstance(value, dict) and any(_is_thing(one) for one in value.values())


def _is_sequence(value: Any) -> bool:
    return isinstance(value, tuple) and any(_is_thing(one) for one in value)


def _counted(parts: Any) -> dict[str, Part]:
    """Parts of a list under the names readers tell them by: a guard's own, numbered where it is there twice."""
    found: dict[str, Part] = {}
    for number, part in enumerate(parts or (), 1):
        key = part.name if isinstance(part, Use) else str(number)
        again = sum(one.partition(" ")[0] == key for one in found)
        found[f"{key} {again + 1}" if again else key] = part
    return found


KINDS = {
    "outcome_effects": "effect",
    "on_entry": "effect",
    "effects": "effect",
    "guards": "guard",
    "states": "state",
    "stages": "stage",
    "actions": "action",
    "roles": "role",
    "forms": "form",
    "fields": "field",
    "columns": "column",
    "categories": "category",
    "timetable": "planned_date",
    "items": "rubric_item",
    "opens": "opening",
    "choose": "way",
    "of": "members",
}
"""Key of a definition → what one of the things under it is called, where that is not the key itself."""


def _thing_of(name: str, key: str, part: Part | None) -> Thing:
    title = getattr(part, "title", None)
    return Thing(KINDS.get(name, name), key, plain_value(title) if isinstance(title, Words) else key)
