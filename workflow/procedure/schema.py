"""The language as a JSON Schema for editors: from the models, with the short forms that their validators accept."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from workflow.procedure.meanings import meaning, meanings
from workflow.procedure.model import Procedure
from workflow.procedure.panel import SHARE
from workflow.procedure.parts import Part

DIALECT = "https://json-schema.org/draft/2020-12/schema"
USE = "#/$defs/Use"
Registry = Mapping[str, type[Part]]


def _one_or_list(schema: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": [schema["items"], schema]} if schema.get("type") == "array" else schema


def _share(schema: JsonSchemaValue) -> JsonSchemaValue:
    text = {"type": "string", "pattern": f"^({SHARE.pattern})$"}
    return {"anyOf": [text, {"type": "number", "exclusiveMinimum": 0, "maximum": 1}]}


def _list_of_roles(schema: JsonSchemaValue) -> JsonSchemaValue:
    roles = schema["properties"]["roles"]
    return {"anyOf": [{"type": "array", "items": _items(roles), "minItems": 1}, schema]}


def _one_opening(schema: JsonSchemaValue) -> JsonSchemaValue:
    opens = schema["properties"]["opens"]
    schema["properties"]["opens"] = {"anyOf": [_items(opens), opens]}
    return schema


def _items(schema: JsonSchemaValue) -> JsonSchemaValue:
    array = next((way for way in schema.get("anyOf", ()) if way.get("type") == "array"), schema)
    return dict(array["items"])


def _unchanged(schema: JsonSchemaValue) -> JsonSchemaValue:
    return schema


FIELD_FORMS: Mapping[str, Callable[[JsonSchemaValue], JsonSchemaValue]] = {
    "_as_tuple": _one_or_list,
    "_confidence": _unchanged,
    "_day": _unchanged,
    "_share": _share,
    "_uses": _unchanged,
    "_targets": _unchanged,
}
"""Validator of a field → what it accepts beside the long form."""

PART_FORMS: Mapping[str, Callable[[JsonSchemaValue], JsonSchemaValue]] = {
    "_list_of_roles": _list_of_roles,
    "_known_keys": _unchanged,
    "_opinions_as_tuple": _unchanged,
    "_lists_as_tuples": _unchanged,
    "_one_opening": _one_opening,
    "_from_single_key": _unchanged,  # written in _catalogue
}
"""The same of whole parts."""

EXACTLY_ONE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Deadline": (("working_days",), ("days",), ("months",), ("on",)),
    "Members": (("roles",), ("everyone", "chosen")),
}
"""Part → groups of keys; it has keys of exactly one group."""


class _Generator(GenerateJsonSchema):
    """Writes the short forms of fields beside their long ones."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        return FIELD_FORMS.get(getattr(schema["function"]["function"], "__name__", ""), _unchanged)(inner)


def language_schema(guards: Registry, effects: Registry) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a definition file, with the guards and effects of a catalogue."""
    schema = Procedure.model_json_schema(schema_generator=_Generator)
    definitions = schema.pop("$defs")
    every: tuple[type[Part], ...] = (Procedure, *parts_of(Procedure))
    parts = {part.__name__: part for part in every}
    for name, part in parts.items():
        _describe(schema if part is Procedure else definitions[name], part)
    for name, part in parts.items():
        if part is not Procedure:
            definitions[name] = _finished(definitions[name], part)
    use = definitions.pop("Use")
    for kind, registry in (("Guard", guards), ("Effect", effects)):
        definitions |= _catalogue(kind, registry, use)
    _refer_by_place(schema)
    _refer_by_place(definitions)
    whole = {"$schema": DIALECT, **schema, "$defs": dict(sorted(definitions.items()))}
    _close_mappings(whole)
    return whole


def part_schema(part: type[Part]) -> dict[str, Any]:
    """The JSON Schema of one part, with its descriptions; the parts below it are in `$defs`, without theirs."""
    schema = part.model_json_schema(schema_generator=_Generator)
    _describe(schema, part)
    return schema


def parts_of(part: type[Part]) -> tuple[type[Part], ...]:
    """Every part that a part can hold, each once, in the order of the fields."""
    found: dict[type[Part], None] = {part: None}
    _gather(part, found)
    return tuple(found)[1:]


def _gather(part: type[Part], found: dict[type[Part], None]) -> None:
    for field in part.model_fields.values():
        for inner in _mentioned(field.annotation):
            if inner not in found:
                found[inner] = None
                _gather(inner, found)


def unknown_short_forms(part: type[Part]) -> frozenset[str]:
    """Names of validators that may accept more than the schema says, because neither table above has them."""
    named: set[str] = set()
    for each in (part, *parts_of(part)):
        validators = each.__pydantic_decorators__.model_validators
        named |= {name for name, found in validators.items() if found.info.mode == "before"}
        named |= set(_before(each.__pydantic_core_schema__))
    return frozenset(named - FIELD_FORMS.keys() - PART_FORMS.keys())


def _before(core: Any) -> Iterator[str]:
    if isinstance(core, dict):
        if core.get("type") == "function-before":
            yield core["function"]["function"].__name__
        for value in core.values():
            yield from _before(value)
    elif isinstance(core, list):
        for value in core:
            yield from _before(value)


def _mentioned(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _mentioned(argument)


def _describe(schema: JsonSchemaValue, part: type[Part]) -> None:
    """Titles and descriptions: the part's from its docstring, a key's from the text about it."""
    schema |= {"title": part.__name__, "description": meaning(part)}
    told = meanings(part)
    for name, field in part.model_fields.items():
        value = schema["properties"][field.alias or name]
        value.pop("title", None)
        if name in told:
            value["description"] = told[name]


def _finished(schema: JsonSchemaValue, part: type[Part]) -> JsonSchemaValue:
    if part.__name__ in EXACTLY_ONE:
        groups = EXACTLY_ONE[part.__name__]
        schema["oneOf"] = [{"anyOf": [{"required": [key]} for key in group]} for group in groups]
    for name in part.__pydantic_decorators__.model_validators:
        schema = PART_FORMS.get(name, _unchanged)(schema)
    return schema


def _catalogue(kind: str, registry: Registry, use: JsonSchemaValue) -> dict[str, Any]:
    """`Guard` (or `Effect`): one name with its parameters below it, or name and params apart; and each one's parameters."""
    own = {key: use["properties"][key] for key in ("cites", "waivable_by")}
    definitions: dict[str, Any] = {}
    for name, part in registry.items():
        schema = part_schema(part)
        definitions |= schema.pop("$defs", {})
        definitions[f"{kind}.{name}"] = schema | {"properties": schema["properties"] | own}
    ways = {name: _parameters(f"{kind}.{name}", definitions) for name in registry}
    short = {
        "type": "object",
        "properties": ways,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    long = use | {
        "properties": use["properties"] | {"name": {"enum": list(registry)}},
        "allOf": [
            {"if": {"properties": {"name": {"const": name}}}, "then": {"properties": {"params": way}}}
            for name, way in ways.items()
        ],
    }
    definitions[kind] = {"description": use["description"], "anyOf": [short, long]}
    return definitions


def _parameters(name: str, definitions: Mapping[str, Any]) -> JsonSchemaValue:
    """A reference to the parameters; nothing at all may stand there where none is required."""
    reference = {"$ref": f"#/$defs/{name}"}
    return reference if definitions[name].get("required") else {"anyOf": [reference, {"type": "null"}]}


def _refer_by_place(schema: Any, *, is_guard: bool = False) -> None:
    """A use below `guards` is one of the guards, anywhere else one of the effects."""
    if isinstance(schema, dict):
        if schema.get("$ref") == USE:
            schema["$ref"] = "#/$defs/Guard" if is_guard else "#/$defs/Effect"
        for name, value in schema.items():
            _refer_by_place(value, is_guard=is_guard or name == "guards")
    elif isinstance(schema, list):
        for value in schema:
            _refer_by_place(value, is_guard=is_guard)


def _close_mappings(schema: Any) -> None:
    """Mappings with a pattern for their keys have no others."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema.setdefault("additionalProperties", False)
        for value in list(schema.values()):
            _close_mappings(value)
    elif isinstance(schema, list):
        for value in schema:
            _close_mappings(value)
