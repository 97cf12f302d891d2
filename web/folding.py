"""Works out, while a template is set up, what it calls with literals: texts, icons and addresses become part of the page's text."""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

Foldable = Callable[..., str]


class PageEnvironment(Environment):
    """Flask's environment, with functions that say the same whenever they are called with the same values.

    An environment belongs to one language and one place on the web, so their answers may be kept in its templates.
    """

    foldable: Mapping[str, Foldable] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        # Nobody gives a template globals of its own; a chain of maps would be walked with every import of a page.
        return super().make_globals(d) if d else self.globals

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """The hook Jinja has for this; see `jinja2.Environment`."""
        if self.foldable:
            source = _Folding(self.foldable, source).visit(source)
        return super()._generate(source, name, filename, defer_init)


class _Folding(NodeTransformer):
    """Puts answers in the place of calls; a name the template gives another meaning is left alone."""

    def __init__(self, foldable: Mapping[str, Foldable], template: nodes.Template) -> None:
        own = {name.name for name in template.find_all(nodes.Name) if name.ctx != "load"}
        own |= {macro.name for macro in template.find_all(nodes.Macro)}
        own |= {one.target for one in template.find_all(nodes.Import)}
        imported = (name for one in template.find_all(nodes.FromImport) for name in one.names)
        own |= {name if isinstance(name, str) else name[1] for name in imported}
        self._foldable = {name: say for name, say in foldable.items() if name not in own}

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        say = self._foldable.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if say is None or node.dyn_args is not None or node.dyn_kwargs is not None:
            return node
        given = [_literal(value) for value in node.args]
        named = {pair.key: _literal(pair.value) for pair in node.kwargs}
        if None in given or None in named.values():
            return node
        said = say(*given, **named)
        return nodes.Const(said if isinstance(said, Markup) else str(said), lineno=node.lineno)


def _literal(node: nodes.Expr) -> str | None:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None
