"""How an acquisition fails: with a sentence for the log, and a status where a server answered."""


class AcquisitionError(Exception):
    """`reason` is one sentence that says what a person can do about it; `attempts` is how often it was tried."""

    attempts = 1

    def __init__(self, reason: str, http_status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.http_status = http_status


class TemporaryError(AcquisitionError):
    """May be better in a moment; `pause` is for how many seconds the server asks."""

    def __init__(self, reason: str, http_status: int | None = None, pause: float = 0.0) -> None:
        super().__init__(reason, http_status)
        self.pause = pause


class HostDownError(TemporaryError):
    """The host does not answer at all: when it still does not after the last try, its other addresses are left alone."""

    def __init__(self, reason: str, host: str, http_status: int | None = None) -> None:
        super().__init__(reason, http_status)
        self.host = host
