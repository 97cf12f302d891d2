"""What the inputs of a procedure's form are called on a page: as the question, unless the page sends something by that name itself."""

OWN_NAMES = frozenset(
    {
        *("csrf_token", "command_key", "version", "reason", "target", "draft", "alone", "again"),
        *("kind", "case", "who", "action", "stay", "step"),
    }
)
"""Inputs that pages put beside the questions of a form; a definition may use the same words as names of questions."""


def input_name(key: str) -> str:
    """The name of a question's input; no question's key has a dot."""
    return f"answer.{key}" if key in OWN_NAMES else key
