"""Signing in and out, choosing a first password, and the language before anybody is known."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from definitions.demo.accounts import ACCOUNTS
from web import i18n
from web.limits import SIGN_IN_LIMIT, limiter
from web.problems import problem_text
from web.request import COOKIE, settings, writing, writing_unsigned
from workflow.access import operations, queries
from workflow.people.operations import change_locale
from workflow.problems import Forbidden, Invalid

blueprint = Blueprint("sign_in", __name__)
COOKIE_SECONDS = int(operations.SESSION_LENGTH.total_seconds())
YEAR_SECONDS = 365 * 24 * 3600


def local_target(target: str | None) -> str:
    """Where to go after signing in: a path of this site, else home."""
    parts = urlsplit(target or "")
    is_local = not parts.scheme and not parts.netloc and (target or "").startswith("/") and "\\" not in (target or "")
    return str(target) if is_local and not str(target).startswith("//") else url_for("home.home")


def _with_session(response: AnyResponse, token: str) -> AnyResponse:
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings().public_url.startswith("https:"),
    )
    return response


def _browser() -> str:
    return request.user_agent.string


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"])
def sign_in() -> AnyResponse:
    """The sign-in page; in the demonstration with its accounts."""
    target = request.values.get("next")
    if request.method == "GET":
        return redirect(local_target(target)) if current_user.is_authenticated else _page(target)
    name = request.form.get("name", "").strip()
    try:
        with writing_unsigned() as context:
            password = request.form.get("password", "")
            token = operations.sign_in(context, sign_in_name=name, password=password, browser=_browser())
    except Forbidden as problem:
        return _page(target, name=name, error=problem_text(problem), status=403)
    return _with_session(redirect(local_target(target)), token)


def _page(target: str | None, *, name: str = "", error: str | None = None, status: int = 200) -> Response:
    accounts = ACCOUNTS if settings().is_demo else ()
    page = render_template("sign_in/sign_in.html", target=target, name=name, error=error, accounts=accounts)
    return make_response(page, status)


@blueprint.post("/sign-in/demo")
def demo() -> AnyResponse:
    """Signs in to a listed account of the demonstration with one click; does not exist elsewhere."""
    name = request.form.get("name", "")
    if not settings().is_demo or name not in {account.sign_in_name for account in ACCOUNTS}:
        raise NotFound
    with writing_unsigned() as context:
        token = operations.sign_in_to_demo(context, sign_in_name=name, browser=_browser())
    return _with_session(redirect(local_target(request.form.get("next"))), token)


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Ends the session."""
    with writing() as context:
        operations.sign_out(context, token=request.cookies.get(COOKIE, ""))
    response = redirect(url_for("sign_in.sign_in"))
    response.delete_cookie(COOKIE)
    return response


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
@limiter.limit(SIGN_IN_LIMIT, methods=["POST"])
def welcome(token: str) -> AnyResponse:
    """Chooses a password by a one-time link."""
    with writing_unsigned() as context:
        name = queries.link_holder(context, token)
    error = None
    if request.method == "POST":
        try:
            with writing_unsigned() as context:
                password = request.form.get("password", "")
                session = operations.use_link(context, token=token, password=password, browser=_browser())
        except Invalid as problem:
            error = problem_text(problem)
        else:
            return _with_session(redirect(url_for("home.home")), session)
    page = render_template("sign_in/welcome.html", name=name, error=error)
    return make_response(page, 422 if error else 200)


@blueprint.post("/language")
def language() -> AnyResponse:
    """Changes the language: for the account where one is signed in, for the browser otherwise."""
    chosen = request.form.get("language", "")
    if chosen not in i18n.LANGUAGES:
        raise NotFound
    response = redirect(local_target(request.form.get("next")))
    response.set_cookie(i18n.COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
    if current_user.is_authenticated:
        with writing() as context:
            change_locale(context, locale=chosen)
    return response
