"""The reader's own account: looks, password, sessions."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from web.browsers import browser_name
from web.forms import faults
from web.request import COOKIE, reading, writing
from workflow.access.operations import change_password, revoke_session
from workflow.access.queries import sessions
from workflow.people.operations import change_shortcuts, change_theme
from workflow.problems import Invalid

blueprint = Blueprint("account", __name__, url_prefix="/account")


def _page(errors: dict[str, str] | None = None) -> Response:
    with reading() as context:
        own = sessions(context, request.cookies.get(COOKIE, ""))
    page = render_template("account/account.html", sessions=own, browser_name=browser_name, errors=errors or {})
    return make_response(page, 422 if errors else 200)


@blueprint.get("/")
def account() -> Response:
    """The page."""
    return _page()


@blueprint.post("/theme")
def theme() -> Response:
    """Light, dark, or as the system has it."""
    with writing() as context:
        change_theme(context, theme=request.form.get("theme", ""))
    return redirect(url_for("account.account"))


@blueprint.post("/shortcuts")
def shortcuts() -> Response:
    """Single-key shortcuts, on or off."""
    with writing() as context:
        change_shortcuts(context, has_shortcuts=request.form.get("shortcuts") != "off")
    flash(_("Saved."), "done")
    return redirect(url_for("account.account"))


@blueprint.post("/password")
def password() -> Response:
    """A new password; other sessions end."""
    try:
        with writing() as context:
            change_password(
                context,
                present=request.form.get("present", ""),
                password=request.form.get("password", ""),
                kept_token=request.cookies.get(COOKIE, ""),
            )
    except Invalid as problem:
        return _page(faults(problem))
    flash(_("The password is changed; other sessions have ended."), "done")
    return redirect(url_for("account.account"))


@blueprint.post("/sessions/<int:session_id>/revoke")
def revoke(session_id: int) -> Response:
    """Ends one of the reader's sessions."""
    with writing() as context:
        revoke_session(context, session_id=session_id)
    flash(_("The session has ended."), "done")
    return redirect(url_for("account.account"))
