"""Automatic numbers of Word paragraphs (一、 （一） 1.), which are print but not text of the document.

Headings such as 一、收支预算总表 and serial-number columns of tables are often numbered so. Only what numbering.xml and
styles.xml say is computed here; bullets are left out.
"""

import re
from typing import Any, NamedTuple

from yusuan.reading.package import Package

MAX_STYLE_DEPTH = 20
MAX_SHOWN = 100_000

_DIGITS = "〇一二三四五六七八九"
_FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


class _Level(NamedTuple):
    start: int
    format: str
    text: str
    space: str


class Numbering:
    """The counters of a document; `label` must be asked once for every printed paragraph, in order."""

    def __init__(self, levels: dict[str, dict[int, _Level]], counters: dict[str, str], styles: dict[str, tuple[str | None, int]]) -> None:
        self._levels = levels
        self._counter_of = counters
        self._styles = styles
        self._counts: dict[str, dict[int, int]] = {}

    @classmethod
    def of(cls, package: Package, main: str) -> "Numbering":
        folder = main.rpartition("/")[0]
        levels: dict[str, dict[int, _Level]] = {}
        counters: dict[str, str] = {}
        if f"{folder}/numbering.xml" in package:
            root = package.xml(f"{folder}/numbering.xml")
            shared = {_attribute(abstract, "abstractNumId"): _levels(abstract) for abstract in root.iterfind("{*}abstractNum")}
            for instance in root.iterfind("{*}num"):
                number = _attribute(instance, "numId")
                reference = instance.find("{*}abstractNumId")
                abstract_id = _attribute(reference, "val") if reference is not None else ""
                own = dict(shared.get(abstract_id, {}))
                restarts = False
                for override in instance.iterfind("{*}lvlOverride"):
                    depth = _integer(_attribute(override, "ilvl"), 0)
                    own |= {k: level for k, level in _levels(override).items() if k == depth}
                    first = override.find("{*}startOverride")
                    if first is not None and depth in own:
                        own[depth] = own[depth]._replace(start=_integer(_attribute(first, "val"), 1))
                        restarts = True
                levels[number] = own
                # Lists of the same abstract definition go on counting together unless one restarts.
                counters[number] = f"num {number}" if restarts else f"abstract {abstract_id}"
        return cls(levels, counters, _style_numbers(package, f"{folder}/styles.xml"))

    def label(self, paragraph: Any) -> str:
        """The printed number of this paragraph with the space after it, or nothing."""
        number, depth = self._number_of(paragraph)
        level = self._levels.get(number or "", {}).get(depth)
        if number is None or level is None:
            return ""
        counts = self._counts.setdefault(self._counter_of[number], {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.format in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            wanted = int(match[1]) - 1
            other = self._levels[number].get(wanted, level)
            return printed_number(counts.get(wanted, other.start), other.format)

        text = re.sub(r"%([1-9])", shown, level.text)
        return text + (level.space if text else "")

    def _number_of(self, paragraph: Any) -> tuple[str | None, int]:
        properties = paragraph.find("{*}pPr")
        if properties is None:
            return self._styles.get("", (None, 0))
        style = properties.find("{*}pStyle")
        inherited = self._styles.get(_attribute(style, "val") if style is not None else "", (None, 0))
        own = properties.find("{*}numPr")
        return _number(own, inherited) if own is not None else inherited


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _integer(text: str, default: int) -> int:
    try:
        return int(text)
    except ValueError:
        return default


def _levels(parent: Any) -> dict[int, _Level]:
    levels = {}
    for level in parent.iterfind("{*}lvl"):
        found = {name: level.find(f"{{*}}{name}") for name in ("start", "numFmt", "lvlText", "suff")}
        values = {name: _attribute(element, "val") if element is not None else "" for name, element in found.items()}
        space = "" if values["suff"] == "nothing" or values["lvlText"].endswith(("、", "）", "．")) else " "
        levels[_integer(_attribute(level, "ilvl"), 0)] = _Level(
            _integer(values["start"], 1), values["numFmt"] or "decimal", values["lvlText"], space
        )
    return levels


def _number(properties: Any, inherited: tuple[str | None, int]) -> tuple[str | None, int]:
    """(numId, level) of a w:numPr; numId 0 switches an inherited number off."""
    number, depth = properties.find("{*}numId"), properties.find("{*}ilvl")
    identity = _attribute(number, "val") if number is not None else inherited[0]
    return (None if identity == "0" else identity), _integer(_attribute(depth, "val"), 0) if depth is not None else inherited[1]


def _style_numbers(package: Package, path: str) -> dict[str, tuple[str | None, int]]:
    """(numId, level) by paragraph style, inherited from the style that it is based on; "" is the default style."""
    if path not in package:
        return {}
    styles: dict[str, tuple[str, Any]] = {}
    default = ""
    for style in package.xml(path).iterfind("{*}style"):
        if _attribute(style, "type") != "paragraph":
            continue
        base = style.find("{*}basedOn")
        styles[_attribute(style, "styleId")] = (_attribute(base, "val") if base is not None else "", style.find("{*}pPr/{*}numPr"))
        if _attribute(style, "default") in ("1", "true"):
            default = _attribute(style, "styleId")

    def resolve(name: str, depth: int) -> tuple[str | None, int]:
        if name not in styles or depth > MAX_STYLE_DEPTH:
            return None, 0
        base, properties = styles[name]
        inherited = resolve(base, depth + 1)
        return _number(properties, inherited) if properties is not None else inherited

    numbers = {name: resolve(name, 0) for name in styles}
    return numbers | {"": numbers.get(default, (None, 0))}


def printed_number(value: int, format: str) -> str:
    """A counter as Word prints it in this number format; an unknown format prints plain digits."""
    if value < 0 or value > MAX_SHOWN:
        return str(value)
    if format in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"):
        return chinese_number(value)
    if format == "chineseLegalSimplified":
        return chinese_number(value, _FORMAL_DIGITS, "拾佰仟")
    if format in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(_DIGITS[int(digit)] for digit in str(value))
    if format in ("lowerLetter", "upperLetter") and value:
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if format == "lowerLetter" else letter.upper()
    if format in ("lowerRoman", "upperRoman") and 0 < value < 4000:
        roman = _roman(value)
        return roman.lower() if format == "lowerRoman" else roman
    if format in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if format == "ideographTraditional" and value:
        return _STEMS[(value - 1) % 10]
    if format == "ideographZodiac" and value:
        return _BRANCHES[(value - 1) % 12]
    if format == "decimalFullWidth":
        return "".join(chr(0xFF10 + int(digit)) for digit in str(value))
    if format == "decimalZero":
        return f"{value:02}"
    return str(value)


def chinese_number(value: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """12 is 十二, 105 is 一百〇五, as headings are counted."""
    if value >= 10_000:
        rest = value % 10_000
        zero = digits[0] if 0 < rest < 1_000 else ""
        return chinese_number(value // 10_000, digits, units) + "万" + (zero + chinese_number(rest, digits, units) if rest else "")
    text = ""
    for position, digit in enumerate(reversed(str(value))):
        if digit != "0":
            text = digits[int(digit)] + (units[position - 1] if position else "") + text
        elif text and not text.startswith(digits[0]):
            text = digits[0] + text
    if 10 <= value < 20 and units[0] == "十":
        text = text[1:]
    return text or digits[0]


def _roman(value: int) -> str:
    text = ""
    for worth, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        text += letters * (value // worth)
        value %= worth
    return text
