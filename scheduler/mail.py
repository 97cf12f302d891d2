"""Mail: writes the text in the recipient's language and hands a batch to the mail server over one connection."""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from definitions.notifying import notification_text
from definitions.placeholders import ParameterMissing
from definitions.texts import TextMissing, say
from workflow.cases.versions import procedures_by_digest
from workflow.messages.delivering import Claimed, record_failure, record_sent, record_unreachable
from workflow.messages.rules import message_id
from workflow.settings import Settings
from workflow.store.database import Database

TIMEOUT_SECONDS = 15
PERMANENT = range(500, 600)


class Unwritable(Exception):
    """A message has no words: its template or a value of it is missing."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many mails the server took, and why it could not be talked to, if so."""

    sent: int
    trouble: str | None


class Mailer:
    """Delivers claimed messages and notes each outcome at once, so that a crash repeats at most the mail in hand."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    def deliver(self, batch: Sequence[Claimed], now: datetime) -> Delivered:
        """Sends what can be sent. Never raises for what a mail server does."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return Delivered(0, self._put_off(batch, now, error))
        try:
            return self._send_all(server, batch, now)
        finally:
            # All is said and noted by now; a server that hangs up first changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _connect(self) -> smtplib.SMTP:
        chosen = self._settings
        host, port = chosen.smtp_host, chosen.smtp_port
        if chosen.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        try:
            if chosen.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if chosen.smtp_user:
                server.login(chosen.smtp_user, self._password())
        except BaseException:
            server.close()
            raise
        return server

    def _password(self) -> str:
        path = self._settings.smtp_password_file
        return path.read_text(encoding="utf-8").partition("\n")[0] if path else ""

    def _send_all(self, server: smtplib.SMTP, batch: Sequence[Claimed], now: datetime) -> Delivered:
        sent, trouble = 0, None
        for number, claimed in enumerate(batch):
            try:
                server.send_message(self.compose(claimed))
            except Unwritable as error:
                self._fail(claimed, now, str(error), is_permanent=True)
            except smtplib.SMTPServerDisconnected as error:
                trouble = self._put_off(batch[number:], now, error)
                break
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
                code, words = _refusal(error)
                self._fail(claimed, now, f"{code} {words}", is_permanent=code in PERMANENT)
            except (OSError, smtplib.SMTPException) as error:
                trouble = self._put_off(batch[number:], now, error)
                break
            else:
                with self._database.writing() as session:
                    record_sent(session, claimed.delivery_id, now)
                sent += 1
        return Delivered(sent, trouble)

    def compose(self, claimed: Claimed) -> EmailMessage:
        """The mail of a delivery; the same at every attempt. Raises Unwritable."""
        with self._database.reading() as session:
            known = procedures_by_digest(session)
        zone = self._settings.zone
        try:
            subject, body = notification_text(claimed.template, claimed.locale, claimed.params, known, zone=zone)
        except (TextMissing, ParameterMissing, TypeError, ValueError) as error:
            raise Unwritable(f"{claimed.template}: {type(error).__name__} {error}") from error
        parts = [body]
        if claimed.case_id is not None:
            link = f"{self._settings.public_url}/cases/{claimed.case_id}"
            parts.append(say("mail_link", claimed.locale, link=link))
        parts.append(say("mail_footer", claimed.locale))
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._settings.smtp_from, claimed.email, subject
        mail["Date"] = claimed.created_at.astimezone(self._settings.zone)
        host = self._settings.smtp_from.rpartition("@")[2].rstrip(">")
        mail["Message-ID"] = message_id(claimed.message_id, claimed.account_id, host)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content("\n\n".join(parts) + "\n", charset="utf-8")
        return mail

    def _fail(self, claimed: Claimed, now: datetime, error: str, *, is_permanent: bool) -> None:
        with self._database.writing() as session:
            record_failure(session, claimed, now, error, is_permanent=is_permanent)

    def _put_off(self, batch: Sequence[Claimed], now: datetime, error: Exception) -> str:
        trouble = f"{type(error).__name__}: {error}"
        with self._database.writing() as session:
            record_unreachable(session, [claimed.delivery_id for claimed in batch], now, trouble)
        return trouble


def _refusal(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> tuple[int, str]:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return error.smtp_code, words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    code, refused = next(iter(error.recipients.values()))
    return code, refused.decode("utf-8", "replace")
