"""The procedures that ship, each with its own text."""

from definitions.library import catalogue, procedures, shipped
from workflow.procedure.loader import parse_procedure


def test_every_procedure_that_ships_comes_with_the_text_it_was_read_from() -> None:
    told = shipped()
    assert {procedure.procedure for procedure, _ in told} == set(procedures())
    for procedure, text in told:
        assert parse_procedure(text, "text", catalogue()).digest == procedure.digest
