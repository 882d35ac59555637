"""How an acquisition fails: with a sentence for the log, and a status where a server answered."""


class AcquisitionError(Exception):
    """`reason` is one sentence that says what a person can do about it."""

    def __init__(self, reason: str, http_status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.http_status = http_status


class HostDown(AcquisitionError):  # noqa: N818 - it names a host's state
    """The host itself did not answer: its other addresses need not be tried in this run."""
