"""Whether a document can go on to reading, and if not, one sentence that says why and what a person can do about it."""

from collections.abc import Callable
from dataclasses import dataclass

from yusuan.landing.encoding import text_encoding
from yusuan.reading.sniffing import EMPTY, HTML, TEXT, UNKNOWN, media_type

# The reason why a media type is not read, or None for one that is.
Refuse = Callable[[str], str | None]


def refusal(media_type: str) -> str | None:
    """What the registry of readers says."""
    # The registry imports Polars, and a look at raw/ that finds nothing new needs neither.
    from yusuan.reading.errors import UnreadableDocument
    from yusuan.reading.readers import reader_for

    try:
        # Plain text is read for a whole batch at once and has no entry there.
        if media_type != TEXT:
            reader_for(media_type)
    except UnreadableDocument as error:
        return error.reason
    return None


@dataclass(frozen=True)
class Judgement:
    """`problem` is set when the document goes to quarantine."""

    media_type: str
    encoding: str | None = None
    problem: str | None = None


def judge(content: bytes, file_name: str, refuse: Refuse) -> Judgement:
    kind = media_type(content, file_name)
    if kind == EMPTY:
        return Judgement(kind, problem="the file is empty: download it again, or remove it")
    encoding = text_encoding(content) if kind in {TEXT, HTML} else None
    if kind == UNKNOWN or (kind == TEXT and encoding is None):
        problem = (
            "this is no known document format and neither UTF-8 nor GB18030 text: check that the download is complete, or remove the file"
        )
        return Judgement(UNKNOWN, problem=problem)
    return Judgement(kind, encoding, refuse(kind))
