"""Files of a form of a case: chosen now, chosen before and not sent yet, or sent before; which of them go with it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import g, request

from web.form_fields import HELD, KEPT, key_of
from web.forms import sent_files
from web.request import reading, writing
from workflow.cases.attached import sent_again
from workflow.cases.drafts import case_place
from workflow.context import Context
from workflow.engine.files import Upload
from workflow.engine.forms import is_taken
from workflow.files.holding import held_uploads, hold_files, release_files
from workflow.problems import Unavailable
from workflow.procedure.forms import Form
from workflow.procedure.model import Procedure

Files = dict[str, list[Upload]]


def takes_files(form: Form | None) -> bool:
    """Whether a form asks for files at all."""
    return form is not None and any(field.type == "file" for field in form.fields.values())


def files_with(procedure: Procedure, case_id: int, action: str, form: Form) -> Files:
    """The files that go with a form: those ticked that were sent before or wait to be sent, and those chosen now.

    Where one file is asked for, the one chosen last is meant.
    """
    chosen = sent_files(form)
    place = case_place(case_id, action)
    with_held = _beside(form, chosen, HELD, lambda context, wanted: held_uploads(context, place=place, wanted=wanted))
    key = key_of(procedure, form)
    return _beside(
        form,
        with_held,
        KEPT,
        lambda context, wanted: sent_again(context, case_id=case_id, form=key, wanted=wanted),
    )


def _beside(form: Form, files: Files, prefix: str, read: Callable[[Context, Any], Files]) -> Files:
    """The files with those before them that boxes of a prefix tick; nothing is read where none does."""
    ticked = {key: request.form.getlist(f"{prefix}{key}") for key in form.fields}
    wanted = {
        key: numbers
        for key, numbers in ticked.items()
        if numbers and (key not in files or form.fields[key].most_files > 1)
    }
    if not wanted:
        return files
    with reading() as context:
        found = read(context, wanted)
    return files | {key: [*some, *files.get(key, ())] for key, some in found.items()}


def hold_chosen(case_id: int, action: str, form: Form | None) -> bool:
    """Holds the files chosen now that their questions take, until the form is sent; whether there were any.

    The page that is shown once more ticks them: a browser cannot be told what to choose.
    """
    chosen = sent_files(form) if form else {}
    fit = {key: [one for one in some if form and is_taken(form.fields[key], one)] for key, some in chosen.items()}
    fit = {key: some[-form.fields[key].most_files :] for key, some in fit.items() if some and form}
    if not fit or form is None:
        return False
    single = [key for key in fit if form.fields[key].most_files == 1]
    with suppress(Unavailable), writing() as context:  # a busy database keeps nobody from reading what is wrong
        g.held_now = hold_files(context, place=case_place(case_id, action), files=fit, single=single)
    return True


def release(context: Context, case_id: int, action: str, form: Form | None) -> None:
    """Forgets the files that wait for a form that has been sent."""
    if takes_files(form):
        release_files(context, place=case_place(case_id, action))
