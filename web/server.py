"""The web server's own process: `python -m web.server --host H --port N`; settings come from the environment."""

import signal
import sys
from typing import Any, NoReturn

import click
import waitress

from web.app import create_app
from workflow.log_lines import configure_logging
from workflow.settings import Settings

THREADS = 8
"""As many as the database has connections: one more would only wait."""
LARGEST_REQUEST = 32 * 1024 * 1024
"""Bytes the server reads at all; the application refuses less, in words."""


def application() -> Any:
    """What is served, by waitress as by gunicorn's workers."""
    configure_logging()
    return create_app(Settings.from_environment())


def _stop(_signal: int, _frame: Any) -> NoReturn:
    sys.exit(0)


@click.command()
@click.option("--host", required=True)
@click.option("--port", type=int, required=True)
def main(host: str, port: int) -> None:
    """Serve until SIGTERM; requests at work are finished."""
    signal.signal(signal.SIGTERM, _stop)
    waitress.serve(
        application(),
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_body_size=LARGEST_REQUEST,
        clear_untrusted_proxy_headers=False,
        _quiet=True,
    )


if __name__ == "__main__":
    main()
