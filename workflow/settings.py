"""What an installation may choose, read once from the environment at the outer edge and passed on as values."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import mkstemp
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

CHECKOUT = Path(__file__).resolve().parent.parent
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
PREFIX = "SELECTION_"
SECRET_BYTES = 32
HIGHEST_PORT = 65_535


class SettingInvalid(Exception):
    """A variable of the environment holds what cannot be used; the message names it."""

    def __init__(self, variable: str, why: str) -> None:
        super().__init__(f"{variable}: {why}")
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation's choices. Every field is a variable `SELECTION_<NAME>`; all have safe defaults."""

    database_url: str = ""
    """`sqlite:///path` or `postgresql://…`; empty means `selection.db` in the var directory."""
    var_directory: Path = CHECKOUT / "var"
    """Where files of the installation are kept: the SQLite database, the secret key."""
    secret_key_file: Path | None = None
    """The file of the key that signs cookies; made with mode 600 at first use. Unset means `secret.key` in the var directory."""
    public_url: str = "http://127.0.0.1:8000"
    """The address people type; links in mail begin with it, and `https` makes cookies secure."""
    trusted_proxies: int = 0
    """How many proxies stand before the server and may say who the client is."""
    zone: ZoneInfo = OFFICE_ZONE
    """The clock on the office's wall: days and deadlines are counted in it."""
    smtp_host: str = ""
    """The mail server; empty means that no mail is sent and messages stay in the application."""
    smtp_port: int = 25
    """The mail server's port."""
    smtp_security: str = "none"
    """`none`, `starttls` or `tls`."""
    smtp_user: str = ""
    """The account at the mail server; empty means no sign-in there."""
    smtp_password_file: Path | None = None
    """The file whose first line is that account's password."""
    smtp_from: str = "selection@localhost"
    """The sender of mail."""
    is_demo: bool = False
    """Whether this is the demonstration: its accounts are listed on the sign-in page. Never set it on real data."""

    def __post_init__(self) -> None:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.var_directory / 'selection.db'}")
        if self.secret_key_file is None:
            object.__setattr__(self, "secret_key_file", self.var_directory / "secret.key")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings of this process. Raises SettingInvalid, also for a misspelt `SELECTION_` variable."""
        given = {
            name: text
            for name, text in (os.environ if environment is None else environment).items()
            if name.startswith(PREFIX)
        }
        known = variables()
        for name in given.keys() - known.keys() - OF_THE_FRONT_DOOR:
            raise SettingInvalid(name, f"there is no such setting; known are {', '.join(sorted(known))}")
        return cls(
            **{field: READERS[field](name, given[name].strip()) for name, field in known.items() if name in given}
        )

    def secret_key(self) -> bytes:
        """The key that signs cookies, made at first use. Two processes that start together get the same one."""
        path = self.secret_key_file
        assert path is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_secret(path)
        return path.read_bytes()


def _make_secret(path: Path) -> None:
    # A file of its own for every call, threads of one process included; readable by its owner alone.
    descriptor, name = mkstemp(dir=path.parent, prefix=f"{path.name}.")
    mine = Path(name)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
    try:
        # A link fails where the name is taken: whoever comes second reads the first one's key.
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()


OF_THE_FRONT_DOOR = frozenset({"SELECTION_PYTHON", "SELECTION_TEST_WORKERS"})
"""Variables that `./run` reads itself."""


def variables() -> dict[str, str]:
    """Each variable of the environment with the field it fills."""
    return {PREFIX + field.name.removeprefix("is_").upper(): field.name for field in fields(Settings)}


def _text(_name: str, text: str) -> str:
    return text


def _database_url(name: str, text: str) -> str:
    # Read without SQLAlchemy: commands that need no database start quicker.
    backend, separator, _rest = text.partition("://")
    if text and not separator:
        raise SettingInvalid(
            name, "is not an address such as sqlite:////srv/selection.db or postgresql://user@host/name"
        )
    if text and backend.partition("+")[0] not in ("sqlite", "postgresql"):
        raise SettingInvalid(name, f"SQLite and PostgreSQL are supported, not {backend}")
    try:
        _ = urlsplit(text).port
    except ValueError as error:
        raise SettingInvalid(name, f"cannot be read: {error}") from error
    return text


def _path(name: str, text: str) -> Path:
    if not text:
        raise SettingInvalid(name, "is empty; a path is expected")
    return Path(text).expanduser().absolute()


def _whole_number(lowest: int, highest: int) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not lowest <= int(text) <= highest:
            raise SettingInvalid(name, f"{text!r} is not a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _truth(name: str, text: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "": False,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.lower() not in words:
        raise SettingInvalid(name, f"{text!r} is neither yes nor no")
    return words[text.lower()]


def _zone(name: str, text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise SettingInvalid(name, f"{text!r} is not a time zone such as Asia/Shanghai") from error


def _public_url(name: str, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingInvalid(name, f"{text!r} is not an address such as https://selection.example")
    return text.rstrip("/")


def _smtp_security(name: str, text: str) -> str:
    if text not in ("none", "starttls", "tls"):
        raise SettingInvalid(name, f"{text!r} is none of: none, starttls, tls")
    return text


READERS: dict[str, Callable[[str, str], Any]] = {
    "database_url": _database_url,
    "var_directory": _path,
    "secret_key_file": _path,
    "public_url": _public_url,
    "trusted_proxies": _whole_number(0, 9),
    "zone": _zone,
    "smtp_host": _text,
    "smtp_port": _whole_number(1, HIGHEST_PORT),
    "smtp_security": _smtp_security,
    "smtp_user": _text,
    "smtp_password_file": _path,
    "smtp_from": _text,
    "is_demo": _truth,
}
