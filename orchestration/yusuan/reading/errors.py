"""The one way in which a reader refuses a document. Nothing here knows a format."""


class UnreadableDocument(Exception):
    """A document that cannot be read; `reason` is one sentence that says what a person can do about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
