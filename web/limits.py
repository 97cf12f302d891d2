"""How often somebody may try: counted in the process's memory, so each worker counts for itself."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

LARGEST_UPLOAD = 22_000_000
"""Bytes of a request that may bring the files of a form; `MAX_CONTENT_LENGTH` holds for all others."""
TAKES_FILES = frozenset({"case.take_action", "case.again", "case_drafts.keep", "nominate.check", "nominate.form"})


def allow_files() -> None:
    """Lets forms with files be larger than others, before anything reads them; only those are sent in parts."""
    if request.endpoint in TAKES_FILES and request.mimetype == "multipart/form-data":
        request.max_content_length = LARGEST_UPLOAD


class MarkedLimiter(Limiter):
    """Counts where a page is marked with a limit, and leaves the others alone."""

    def init_app(self, app: Flask) -> None:
        app.before_request(allow_files)
        super().init_app(app)
        # Looks for limits of the whole application with every request; there are none. Marked pages ask by themselves.
        app.before_request_funcs[None].remove(self._check_request_limit)


limiter = MarkedLimiter(get_remote_address)
SIGN_IN_LIMIT = "10 per minute;60 per hour"
