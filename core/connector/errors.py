"""Every error of the framework, sorted by what the caller does next.

    ConnectorError
    ├── ConfigurationError      stop this client until its settings change        (one line to the user)
    │   └── NotFound            a client, plugin or step that nobody knows        (one line, with suggestions)
    ├── AuthenticationError     stop this client; the merchant has to act         (one problem)
    ├── TransientError          wait and try again, else leave it to the next run
    │   ├── LimitReached        the service asked for a pause
    │   ├── OutcomeUnknown      a write may have taken effect: look before repeating it
    │   ├── UnusableAnswer      the answer can't be read (HTML, cut off, wrong type)
    │   ├── ServiceDown         the service fails call after call: no more calls in this run
    │   └── Interrupted         the operator asked the run to end
    ├── RecordRefused           this record can't go through: a problem in the ledger, the flow goes on
    │   └── CallRefused         a service said no for good (4xx, or what its body says)
    ├── ClientHeld              somebody else is running this client now
    │   └── NotDue              the schedule does not ask for a run now: leave it
    └── StateError              the state can't be read or written

Anything else that is raised is a bug: the run of that client fails with a traceback, the others go on.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """The base of every error that the framework raises on purpose; `str()` is one readable line."""


class ConfigurationError(ConnectorError):
    """The settings are wrong; nothing was sent. `mistakes` holds one line for each of them (SPEC C4)."""

    def __init__(self, message: str, mistakes: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join((message, *(f"  {mistake}" for mistake in mistakes))))
        self.mistakes = mistakes


class NotFound(ConfigurationError):
    """A name that was asked for does not exist; the message lists what does."""


class AuthenticationError(ConnectorError):
    """The service does not accept the credentials (SPEC R1: stops the client's run at once)."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service} does not accept the credentials: {reason}")
        self.service = service
        self.reason = reason


class TransientError(ConnectorError):
    """A passing fault of a service or the network (SPEC R3). `service` names whose call failed, where one did."""

    service: str = ""


class LimitReached(TransientError):
    """The service asked for a pause of `seconds` (None: it did not say how long)."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class OutcomeUnknown(TransientError):
    """A write was sent and no usable answer came: it may or may not have taken effect."""


class UnusableAnswer(TransientError):
    """The answer names a call and what is wrong in it; its content is not trusted (SPEC R4)."""


class ServiceDown(TransientError):
    """A service is out of order, so it is left alone until the next run; `reason` is what the last call met."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service} is left alone until the next run, since it is out of order: {reason}")
        self.service = service
        self.reason = reason


class Interrupted(TransientError):
    """The run was asked to end while it waited."""


class RecordRefused(ConnectorError):
    """A record can't go through and why; `code` and `params` choose the words that the merchant reads.

    `code` is one of `connector.problems.TEXTS`; `params` fill that text's placeholders and are plain strings.
    """

    def __init__(self, code: str, **params: str) -> None:
        details = ", ".join(f"{name}={value}" for name, value in params.items())
        super().__init__(f"{code} ({details})" if details else code)
        self.code = code
        self.params = params


class CallRefused(RecordRefused):
    """A service refused one call for good; `status` is the HTTP status or the one in its body."""

    def __init__(self, service: str, call: str, status: int, answer: str) -> None:
        super().__init__("refused", service=service, call=call, status=str(status), answer=answer)
        self.status = status

    def __str__(self) -> str:
        return "{service} refused {call} with {status}: {answer}".format(**self.params)


class ClientHeld(ConnectorError):
    """Another process runs this client now (SPEC C3); the message says who and since when."""


class NotDue(ClientHeld):
    """A run that the schedule asked for was made, or begun, by somebody else meanwhile: there is nothing to do."""


class StateError(ConnectorError):
    """The state of a client can't be read or written; the message names the file and the way out."""
