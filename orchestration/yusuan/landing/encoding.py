"""In which encoding a text is, found by decoding it: UTF-8, UTF-8 or UTF-16 with a byte order mark, or GB18030.

What kind of file the bytes are otherwise is found in reading.sniffing.
"""

import re
import unicodedata

# Text has no control characters but these; a stray one (a cell mark of a conversion) does not make it binary, NUL does.
ALLOWED_CONTROLS = frozenset("\t\n\r\v\f\x1a")
MOST_CONTROLS = 0.002
# Two bytes taken at random are often a character of GB18030, but in one of three cases only a common one (GB 2312);
# real disclosures are above 0.99.
LEAST_COMMON = 0.8

BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_encoding(content: bytes) -> str | None:
    """The codec that decodes the bytes to text that a person could have written, or None."""
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if content.startswith(mark)), None)
    candidates = (marked,) if marked else ("utf-8", "gb18030")
    return next((encoding for encoding in candidates if _decodes_plausibly(content, encoding)), None)


def _decodes_plausibly(content: bytes, encoding: str) -> bool:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return False
    # Control and unassigned characters; looking at each distinct character once keeps this quick on long texts.
    unprintable = {character for character in set(text) - ALLOWED_CONTROLS if unicodedata.category(character) in {"Cc", "Cn"}}
    if "\x00" in unprintable or sum(map(text.count, unprintable)) > MOST_CONTROLS * len(text):
        return False
    if encoding != "gb18030":
        return True
    foreign = re.sub(r"[\x00-\x7f]+", "", text)
    return len(foreign.encode("gb2312", "ignore")) // 2 >= LEAST_COMMON * len(foreign)
