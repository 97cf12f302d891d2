"""The reference page of the language, as Markdown: every part and key from the models, every guard and effect with an example."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from workflow.procedure.meanings import meaning
from workflow.procedure.model import Procedure
from workflow.procedure.parts import Part
from workflow.procedure.schema import Registry, language_schema, part_schema, parts_of
from workflow.procedure.source import MAX_BYTES, MAX_DEPTH, MAX_VALUES
from workflow.procedure.stages import Use

Schema = Mapping[str, Any]
FACTS = """\
What a condition can name as `this`, and what guards look at. Only what is named is gathered, and it is kept with the event. Beside these,
`field.KEY` is an answer of the form being sent, and `field.KEY.COLUMN.VALUE` how many rows of its table have that choice in that column.
"""
KINDS: Mapping[str, str] = {
    r"^[a-z][a-z0-9_]*$": "key",
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": "`stage.state`",
    r"^\d\d-\d\d$": "`month-day`",
}
"""Pattern → what the page calls it."""
SPECIAL: Mapping[tuple[str, str], str] = {
    ("Role", "chosen_in"): "`form.field`",
    ("Quorum", "present"): "share, like `2/3`",
}
HEAD = f"""\
# The language of procedures

A definition is one YAML file. This page names everything it can hold; [how to write one](../how-to/write-a-procedure.md) tells in which order to
begin. It is made from the models by `./run procedures reference --output docs/reference/language.md`, and the tests say when it is stale.

- A *key* is a name in small letters, digits and `_`, and begins with a letter. *One or a list*: a single value may stand without brackets.
- A key that is not named here is refused, and so are aliases, tags, a key twice, nesting deeper than {MAX_DEPTH} levels, more than {MAX_VALUES:,} keys and values, and files above
  {MAX_BYTES // 1024} KiB.
- Words stay words: `on`, `no` and `12-01` are text. Numbers are whole.
- Every number of a rule says where it comes from: `cites` names one of the `sources`.

Every example below is laid over the first one and is then a sound procedure; the tests load each.
"""


@dataclass(frozen=True, slots=True)
class Construct:
    """Something the language can say: a part, or a guard or effect of the catalogue by its name."""

    kind: Literal["Part", "Guard", "Effect"]
    name: str
    part: type[Part]

    @property
    def example(self) -> str:
        """The name of its example: `form-field`, `guard-age`; the whole procedure is the frame."""
        if self.kind != "Part":
            return f"{self.kind.lower()}-{self.name}"
        return "frame" if self.part is Procedure else re.sub(r"(?<!^)(?=[A-Z])", "-", self.name).lower()


def constructs(guards: Registry, effects: Registry) -> tuple[Construct, ...]:
    """Everything the language can say, in the order of the page."""
    every: tuple[type[Part], ...] = (Procedure, *parts_of(Procedure))
    return (
        *(Construct("Part", part.__name__, part) for part in every),
        *(Construct("Guard", name, part) for name, part in guards.items()),
        *(Construct("Effect", name, part) for name, part in effects.items()),
    )


def words_wanted(part: type[Part]) -> frozenset[str]:
    """The keys of a part, and the values it offers beside their defaults: what an example of it has to show."""
    values = {
        str(value)
        for field in part.model_fields.values()
        for value in _values(field.annotation)
        if value != field.default
    }
    return frozenset(field.alias or name for name, field in part.model_fields.items()) | values


def _values(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
        return
    for argument in get_args(annotation):
        yield from _values(argument)


def reference_page(
    guards: Registry,
    effects: Registry,
    examples: Mapping[str, str],
    facts: Mapping[str, str],
    families: Mapping[str, str],
) -> str:
    """The whole page. Raises KeyError for a construct without an example."""
    whole = language_schema(guards, effects)
    schemas = {"Procedure": whole, "Use": part_schema(Use), **whole["$defs"]}
    sections = [HEAD]
    kind = ""
    for construct in constructs(guards, effects):
        if construct.kind != kind:
            kind = construct.kind
            sections.append(f"## {kind}s\n")
        key = construct.name if kind == "Part" else f"{kind}.{construct.name}"
        sections.append("\n".join(_section(construct, _long(schemas[key]), examples[construct.example])))
    sections += ["## Facts\n", FACTS, "| Fact | What it is |\n|---|---|"]
    sections += [f"| `{name}` | {told} |" for name, told in sorted(facts.items())]
    sections += [f"| `{name}.…` | {told} |" for name, told in sorted(families.items())]
    return "\n".join(sections) + "\n"


def _long(schema: Schema) -> Schema:
    return next((way for way in schema.get("anyOf", ()) if "properties" in way), schema)


def _section(construct: Construct, schema: Schema, example: str) -> Iterator[str]:
    part = construct.part
    yield f"### {construct.name}\n\n{meaning(part)}\n"
    looks_at = getattr(part, "needs", ())
    if looks_at:
        yield f"Looks at {', '.join(f'`{fact}`' for fact in looks_at)}.\n"
    named = [field.alias or name for name, field in part.model_fields.items()]
    keys = [key for key in named if key in schema.get("properties", {})]
    if keys:
        yield "| Key | Type | Default | Meaning |\n|---|---|---|---|"
        for key in keys:
            yield _row(part.__name__, key, schema["properties"][key], is_required=key in schema.get("required", ()))
        yield ""
    yield f"```yaml\n{example}```\n"


def _row(part: str, key: str, schema: Schema, *, is_required: bool) -> str:
    kind = SPECIAL.get((part, key)) or _kind(schema)
    default = "required" if is_required else _default(schema.get("default"))
    return f"| `{key}` | {kind} | {default} | {schema.get('description', '')} |".replace("\n", " ")


def _default(value: Any) -> str:
    if value is None or value in ([], "", {}):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(schema: Schema) -> str:
    """The type of a value in words."""
    if "$ref" in schema:
        return _linked(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return _either([way for way in schema["anyOf"] if way.get("type") != "null"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("type") == "object":
        inner = next(iter(schema.get("patternProperties", {}).values()), None)
        return f"key → {_kind(inner)}" if inner else "mapping"
    return _plain(schema)


def _linked(name: str) -> str:
    targets = {"Guard": "#guards", "Effect": "#effects"}
    return f"[{name}]({targets.get(name, f'#{name.lower()}')})"


def _either(ways: list[Schema]) -> str:
    array = next((way for way in ways if way.get("type") == "array"), None)
    if array is not None and len(ways) == 2 and array["items"] in ways:
        return f"one or a list: {_kind(array['items'])}"
    return " or ".join(_unique(_kind(way) for way in ways))


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _plain(schema: Schema) -> str:
    kind = {"integer": "integer", "boolean": "`true` or `false`", "number": "number"}.get(
        schema.get("type", ""), "text"
    )
    if "pattern" in schema:
        return KINDS.get(schema["pattern"], f"text like `{schema['pattern']}`".replace("|", r"\|"))
    least, most = schema.get("minimum"), schema.get("maximum")
    if kind == "integer" and (least is not None or most is not None):
        return f"integer from {least}" + (f" to {most}" if most is not None else "")
    return kind
