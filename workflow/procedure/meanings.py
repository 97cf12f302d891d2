"""What the docstrings say of the language: one meaning for each part and each of its keys."""

import ast
import inspect
import re
import sys
from collections.abc import Mapping
from functools import cache

from workflow.procedure.parts import Part

EVERYWHERE: Mapping[str, str] = {
    "title": "What people read.",
    "cites": "The `sources` it rests on: one key or a list.",
}
"""Keys that mean the same in every part."""


def meaning(part: type[Part]) -> str:
    """What a part is: its docstring with one line a paragraph."""
    text = inspect.cleandoc(part.__dict__.get("__doc__") or "")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def meanings(part: type[Part]) -> Mapping[str, str]:
    """Key → what it says: the text below the field, or what the docstring of its part or of every part says of it.

    A key that none mentions is missing from the result.
    """
    found: dict[str, str] = {}
    for name in part.model_fields:
        for owner in part.__mro__:
            if issubclass(owner, Part) and name not in found:
                text = _below_fields(owner.__module__).get(owner.__qualname__, {}).get(name) or _said_of(name, owner)
                found |= {name: text} if text else {}
        if name not in found and name in EVERYWHERE:
            found[name] = EVERYWHERE[name]
    return found


def _said_of(name: str, part: type[Part]) -> str:
    sentences = re.split(r"(?<=[.;:])\s+(?=[A-Z`])", meaning(part))
    return " ".join(sentence.rstrip(";:") for sentence in sentences if f"`{name}`" in sentence)


@cache
def _below_fields(module: str) -> Mapping[str, Mapping[str, str]]:
    """Class → field → the text that stands below the field in the module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: _texts(node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _texts(node: ast.ClassDef) -> Mapping[str, str]:
    return {
        field.target.id: " ".join(below.value.value.split())
        for field, below in zip(node.body, node.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }
