"""Prints a spreadsheet's stored value the way its number format shows it: 3739 as 3,739.00, the code 3 as 03.

Only what a reader of the sheet sees is decided here, with three exceptions for amounts: a negative number always carries a
minus sign (formats also use brackets or red), a long number in the General format keeps all its digits, and where a point is
drawn between whole digits (#,##0!.0000 shows yuan in 万元) the separators, which count from the last digit, are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cached_property, lru_cache

Value = str | int | float | bool | date | datetime | time | timedelta | None

# Dates in these built-in formats of East Asian editions are stored by number only; Chinese editions print them so.
EAST_ASIAN_DATES = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    **dict.fromkeys((32, 55), 'h"时"mm"分"'),
    **dict.fromkeys((33, 56), 'h"时"mm"分"ss"秒"'),
    34: 'AM/PMh"时"mm"分"',
    35: 'AM/PMh"时"mm"分"ss"秒"',
}
# Built-in format 14 follows the system; a Chinese one prints 2023/1/5.
_SYSTEM_DATES = {"mm-dd-yy": "yyyy/m/d", "m/d/yy": "yyyy/m/d", "m/d/yy h:mm": "yyyy/m/d h:mm"}
# A double holds 15 decimal digits; what is beyond is noise of binary arithmetic (132.8600000000001).
_RELIABLE_DIGITS = 15
# The General format shows eleven characters, the point among them.
_GENERAL_DIGITS = 10
_MAX_DECIMALS = 30
_LONGEST_FORMAT = 500

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|_.|\*.|(?P<meridiem>am/pm|a/p|上午/下午)|(?P<general>general|g/通用格式)'
    r"|(?P<exponent>e[+-])|(?P<date>y+|m+|d+|h+|s+|a{3,4}|b{2,4}|e+)|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)"
    r"|(?P<fraction>/)|(?P<text>@)|(?P<literal>.)",
    re.I | re.S,
)
_PLAIN = re.compile(r"(?:(#,##0)|(?=0))(0*)(?:\.(0{1,20}))?(?:_.)*")
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_CHINESE_DAYS = "一二三四五六日"


@dataclass
class _Section:
    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None

    @cached_property
    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.tokens}


def shown(value: Value, number_format: str) -> str:
    """The text that a sheet shows for this value in this format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    sections = _sections(_SYSTEM_DATES.get(number_format, number_format)[:_LONGEST_FORMAT])
    if isinstance(value, (date, time, timedelta)):
        return _shown_date(value, sections[0])
    try:
        number = Decimal(value) if isinstance(value, int) else +Decimal(repr(value))
    except InvalidOperation:
        return ""
    if not number.is_finite():
        return ""
    plain = _plain(number_format)
    if plain and number.adjusted() < _RELIABLE_DIGITS:
        grouped, zeros, decimals = plain
        text = format(abs(number).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), f"{grouped}.{decimals}f")
        text = text.rjust(zeros + decimals + (decimals > 0), "0")
        return f"-{text}" if number < 0 and text.strip("0.,") else text
    section, own_sign = _section_for(number, sections)
    kinds = section.kinds
    if "general" in kinds or "text" in kinds or "fraction" in kinds or "date" in kinds:
        return _general(number)
    text = _shown_number(abs(number), section, own_sign)
    return f"-{text}" if number < 0 and re.search(r"[1-9]", text) else text


@lru_cache(maxsize=1024)
def _plain(number_format: str) -> tuple[str, int, int] | None:
    """(grouping, digits before, digits after the point) of the formats that nearly all amounts and codes have."""
    match = _PLAIN.fullmatch(number_format)
    return ("," if match[1] else "", len(match[2]), len(match[3] or "")) if match else None


@lru_cache(maxsize=1024)
def _sections(number_format: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[tuple[str, str]] = []
    condition: tuple[str, Decimal] | None = None
    for match in _TOKEN.finditer(number_format or "General"):
        kind = match.lastgroup
        if kind is None:  # a space of a letter's width, or a fill character
            continue
        text = match[kind]
        if kind == "literal" and text == ";":
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "bracket":
            if found := _CONDITION.fullmatch(text):
                condition = (found[1], Decimal(found[2]))
            elif text.startswith("$"):
                tokens.append(("literal", text[1:].split("-")[0]))
            elif text.lower().strip("hms") == "":
                tokens.append(("date", text.lower()[:1] * 9))
        else:
            tokens.append(("literal" if kind in ("quoted", "escaped") else kind, text))
    return (*sections, _Section(tuple(tokens), condition))


def _section_for(number: Decimal, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """The section that shows this number, and whether it shows the sign of negative numbers by itself."""
    numeric = [section for section in sections if "text" not in section.kinds] or list(sections)
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _meets(number, section.condition):
                return section, False
        return numeric[-1], False
    if number < 0 and len(numeric) > 1:
        return numeric[1], True
    if number == 0 and len(numeric) > 2:
        return numeric[2], False
    return numeric[0], False


def _meets(number: Decimal, condition: tuple[str, Decimal]) -> bool:
    operator, limit = condition
    return {
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
        "=": number == limit,
        "<>": number != limit,
    }[operator]


def _general(number: Decimal) -> str:
    whole = len(str(int(abs(number))))
    places = max(2, min(_GENERAL_DIGITS, _RELIABLE_DIGITS) - whole)
    text = format(
        number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if whole <= _RELIABLE_DIGITS else number.to_integral_value(), "f"
    )
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _shown_number(number: Decimal, section: _Section, own_sign: bool) -> str:
    tokens = list(section.tokens)
    places = [i for i, (kind, _) in enumerate(tokens) if kind == "digit"]
    literals = [(kind, re.sub(r"[-()（）]", "", text) if own_sign and kind == "literal" else text) for kind, text in tokens]
    if not places:
        return "".join(text for kind, text in literals if kind in ("literal", "percent"))
    point = next((i for i, (kind, _) in enumerate(tokens) if kind == "point"), len(tokens))
    exponent = next((i for i, (kind, _) in enumerate(tokens) if kind == "exponent"), None)
    decimals = min(sum(i > point and (exponent is None or i < exponent) for i in places), _MAX_DECIMALS)
    if exponent is not None:
        return f"{number:.{decimals}E}"
    last_whole = max((i for i in places if i < point), default=-1)
    scale = sum(kind == "comma" and i > last_whole and (i < point or i > places[-1]) for i, (kind, _) in enumerate(tokens))
    grouped = any(kind == "comma" and places[0] < i < last_whole for i, (kind, _) in enumerate(tokens))
    grouped = grouped and ("literal", ".") not in tokens[places[0] : last_whole]
    number = number.scaleb(2 * sum(kind == "percent" for kind, _ in tokens) - 3 * scale)
    if number.adjusted() > 300:
        return ""
    rounded = format(number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) if number.adjusted() < 25 - decimals else number, "f")
    whole, _, fraction = rounded.partition(".")
    whole_places = [i for i in places if i < point]
    whole = whole.lstrip("0").rjust(sum(tokens[i][1] == "0" for i in whole_places), "0")
    digits_at = _spread(whole, whole_places, grouped)
    for i, digit in zip((i for i in places if i > point), fraction, strict=False):
        digits_at[i] = digit
    for i in reversed([i for i in places if i > point]):
        if tokens[i][1] == "0" or digits_at.get(i, "0") != "0":
            break
        digits_at[i] = ""
    has_fraction = any(digits_at.get(i) for i in places if i > point)
    shown_tokens = []
    for i, (kind, text) in enumerate(literals):
        if kind == "digit":
            shown_tokens.append(digits_at.get(i, ""))
        elif kind == "point":
            shown_tokens.append("." if has_fraction else "")
        elif kind in ("literal", "percent"):
            shown_tokens.append(text)
    return "".join(shown_tokens)


def _spread(whole: str, places: list[int], grouped: bool) -> dict[int, str]:
    """Which digits stand at which placeholder; surplus digits stand at the first, as in 0!.0 for sums in 万元."""
    spread: dict[int, str] = {}
    if grouped:
        first = places[0]
        spread = dict.fromkeys(places, "")
        spread[first] = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", whole)
        return spread
    rest = whole
    for i in reversed(places[1:]):
        spread[i], rest = rest[-1:], rest[:-1]
    if places:
        spread[places[0]] = rest
    return spread


def _shown_date(value: date | time | timedelta, section: _Section) -> str:
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, time):
        moment = datetime.combine(date(1900, 1, 1), value)
    else:
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    if "date" not in section.kinds:
        return value.isoformat() if isinstance(value, time) or moment.time() else moment.date().isoformat()
    return "".join(_date_parts(moment, section))


def _date_parts(moment: datetime, section: _Section) -> Iterator[str]:
    codes = [text.lower() for kind, text in section.tokens if kind == "date"]
    twelve = "meridiem" in section.kinds
    position = -1
    for kind, text in section.tokens:
        if kind == "meridiem":
            yield ("上午" if moment.hour < 12 else "下午") if "m" not in text.lower() else moment.strftime("%p")
        if kind != "date":
            if kind in ("literal", "point", "comma", "fraction"):
                yield text
            continue
        position += 1
        code = codes[position]
        before = codes[position - 1][0] if position else ""
        after = codes[position + 1][0] if position + 1 < len(codes) else ""
        letter, width = code[0], len(code)
        if letter in "ye":
            yield f"{moment.year:04}" if width > 2 or letter == "e" else f"{moment.year % 100:02}"
        elif letter == "m" and (before == "h" or after == "s"):
            yield f"{moment.minute:0{min(width, 2)}}"
        elif letter == "m":
            yield f"{moment.month:0{width}}" if width < 3 else moment.strftime("%b" if width == 3 else "%B")
        elif letter == "d":
            yield f"{moment.day:0{width}}" if width < 3 else moment.strftime("%a" if width == 3 else "%A")
        elif letter == "a":
            yield ("星期" if width == 4 else "") + _CHINESE_DAYS[moment.weekday()]
        elif letter == "h":
            hour = (moment.hour % 12 or 12) if twelve else moment.hour
            yield f"{hour:0{min(width, 2)}}"
        elif letter == "s":
            yield f"{moment.second:0{min(width, 2)}}"
