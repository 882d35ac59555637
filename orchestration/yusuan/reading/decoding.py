"""Bytes of a text or web page -> text. What the text means, and whether it is one at all (sniffing.py), is not asked here."""

import re

_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_DECLARED_WITHIN = 4096
# Files that name the old standard use characters of its successors; browsers decode all of them alike.
_GB = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "gb2312-80", "csgb2312"}


def decoded(data: bytes) -> str:
    """The text: UTF-8 when the bytes are that, whatever they declare; else as declared; else GB18030."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    name = declared[1].decode("ascii", "replace").lower() if declared else "gb18030"
    for encoding in ("utf-8", "gb18030" if name in _GB else name, "gb18030"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    # Damaged in places: the encoding that leaves fewer holes.
    return min((data.decode(encoding, "replace") for encoding in ("utf-8", "gb18030")), key=lambda text: text.count("\ufffd"))
