"""How often somebody may try: counted in the process's memory, so each worker counts for itself."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address


class MarkedLimiter(Limiter):
    """Counts where a page is marked with a limit, and leaves the others alone."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        # Looks for limits of the whole application with every request; there are none. Marked pages ask by themselves.
        app.before_request_funcs[None].remove(self._check_request_limit)


limiter = MarkedLimiter(get_remote_address)
SIGN_IN_LIMIT = "10 per minute;60 per hour"
