"""Whether a document can go on to reading, and if not, one sentence that says why and what a person can do about it."""

from collections.abc import Callable
from dataclasses import dataclass

from yusuan.landing.encoding import text_encoding
from yusuan.reading.errors import UnreadableDocument
from yusuan.reading.readers import reader_for
from yusuan.reading.sniffing import HTML, TEXT, UNKNOWN, media_type

# More than any disclosure has; the bytes are neither copied nor looked at.
MAX_BYTES = 1 << 30
TOO_LARGE = f"文件超过 {MAX_BYTES >> 20:,} MB；请拆分后放入。"

# The reason why a media type is not read, or None for one that is.
Refuse = Callable[[str], str | None]


def refusal(media_type: str) -> str | None:
    """What the registry of readers says."""
    try:
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
    encoding = text_encoding(content) if kind in {TEXT, HTML} else None
    if kind == UNKNOWN or (kind == TEXT and encoding is None):
        problem = "既不是已知的文档格式，也不是 UTF-8 或 GB18030 文本；请核对下载是否完整，或将其删除。"
        return Judgement(UNKNOWN, problem=problem)
    return Judgement(kind, encoding, refuse(kind))
