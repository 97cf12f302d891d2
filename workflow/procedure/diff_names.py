"""How the values of a definition are shown beside each other, and which things of two versions are the same renamed."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.procedure.conditions import Condition
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Part, Words

Renamed = Mapping[tuple[str, ...], str]
"""Place of a thing in the older version (of its parents in the newer) → its key in the newer."""

ROLE_KEYS = frozenset(
    {
        *("by", "to", "roles", "everyone", "chosen", "recorded_by", "seen_by", "rounds_by", "opened_by", "visible_to"),
        *("waivable_by", "names", "holders_of", "none_who_did"),
    }
)
"""Keys whose values are roles of the procedure; `to` of an action is a state and has a dot."""
ACTION_KEYS = frozenset({"did", "actions", "without_who_did", "on_expiry", "action"})
FORM_KEYS = frozenset({"form", "fills"})


def plain_value(value: Any) -> Any:
    """Words as a pair of texts, parts as plain values, everything else as it is."""
    if isinstance(value, Words):
        return {"en": value.en, "zh": value.zh}
    if isinstance(value, Part):
        return value.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    return value


class Names:
    """What the things of one version are called."""

    def __init__(self, procedure: Procedure) -> None:
        self._states = {
            f"{stage_key}.{key}": state.title
            for stage_key, stage in procedure.stages.items()
            for key, state in stage.states.items()
        }
        self._roles = {key: role.title for key, role in procedure.roles.items()}
        self._categories = {key: category.title for key, category in procedure.categories.items()}
        self._forms = {key: form.title for key, form in procedure.forms.items()}
        self._actions = {
            name: action.title
            for stage in procedure.stages.values()
            for state in stage.states.values()
            for name, action in state.actions.items()
            if action.title
        }
        self._sources = procedure.sources

    def shown(self, key: str, value: Any) -> Any:
        """A value as a text can show it: titles for keys, lists item by item, None for what is not there."""
        if isinstance(value, list | tuple):
            return [self.shown(key, one) for one in value] or None
        if isinstance(value, Words):
            return plain_value(value)
        if isinstance(value, Part):
            return compact(plain_value(value))
        if isinstance(value, dict) and value and value.keys() <= self._categories.keys():
            return self._by_category(value)
        if isinstance(value, dict):
            return plain_value(Words(**value)) if value.keys() == {"en", "zh"} else compact(value) or None
        title = self._title(key, value) if isinstance(value, str) else None
        return plain_value(title) if title else value

    def _by_category(self, value: dict[str, Any]) -> dict[str, str]:
        """What differs between the categories, by what they are called."""
        said = [(self._categories[key], compact(one)) for key, one in value.items()]
        return {
            "en": ", ".join(f"{title.en}: {one}" for title, one in said),
            "zh": "，".join(f"{title.zh}：{one}" for title, one in said),
        }

    def _title(self, key: str, value: str) -> Words | None:
        if value in self._states:
            return self._states[value]
        if key in ROLE_KEYS:
            return self._roles.get(value)
        if key in ACTION_KEYS:
            return self._actions.get(value)
        if key == "cites":
            return self._sources.get(value)
        return self._forms.get(value) if key in FORM_KEYS else None

    def translated(self, key: str, value: Any, renamed: Renamed) -> Any:
        """A value of this version with the keys the other version gives to the same things."""
        if isinstance(value, tuple):
            return tuple(self.translated(key, one, renamed) for one in value)
        if not isinstance(value, str):
            return value
        if value in self._states:
            return new_state(value, renamed)
        if key in ROLE_KEYS:
            return renamed.get(("roles", value), value)
        return renamed.get(("forms", value), value) if key in FORM_KEYS else value


def new_state(ref: str, renamed: Renamed) -> str:
    """The name of a state in the newer version, whether or not it is still there."""
    stage, _, key = ref.partition(".")
    stage = renamed.get(("stages", stage), stage)
    return f"{stage}.{renamed.get(('stages', stage, 'states', key), key)}"


def compact(value: Any) -> str:
    """Nested values on one line: `when: this: form.wish.sum, at_least: 1000`."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {compact(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return f"[{'; '.join(compact(one) for one in value)}]"
    return str(value)


def renamed_things(old: Procedure, new: Procedure) -> Renamed:
    """Things that carry another key now, where that is evident: the same title, or the same content, and no doubt."""
    return dict(_renamed(old, new, ()))


def _renamed(old: Part, new: Part, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if not isinstance(before, dict) or not isinstance(after, dict):
            continue
        here = (*place, name)
        pairs = {key: key for key in before if key in after}
        found = dict(_pairs(before, after))
        yield from (((*here, key), new_key) for key, new_key in found.items())
        for key, new_key in (pairs | found).items():
            if _is_walked(before[key]) and _is_walked(after[new_key]):
                yield from _renamed(before[key], after[new_key], (*here, new_key))


def _is_walked(value: Any) -> bool:
    return isinstance(value, Part) and not isinstance(value, Words | Condition)


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if before.keys() == after.keys():
        return
    gone = {key: one for key, one in before.items() if key not in after and _is_walked(one)}
    come = {key: one for key, one in after.items() if key not in before and _is_walked(one)}
    for key, one in gone.items():
        alike = [new_key for new_key, other in come.items() if _is_same(one, other)]
        if len(alike) == 1 and sum(_is_same(other, come[alike[0]]) for other in gone.values()) == 1:
            yield key, alike[0]


def _is_same(one: Any, other: Any) -> bool:
    title = getattr(one, "title", None)
    return bool(one == other or (title is not None and title == getattr(other, "title", None)))
