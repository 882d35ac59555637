"""One realistic mistake put into one sentence or title of a disclosure, as a typist or a copied template makes it.

Each mistake says where it can be made (a pattern), what it makes of what stands there, and which checks may name it. A bench that
grows by a line for each mistake that an examiner finds and we do not.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

NUMBER = r"\d[\d,]*(?:\.\d+)?"
POSITIVE = r"(?:[1-9][\d,]*(?:\.\d+)?|0\.\d*[1-9]\d*)"
OPPOSITE = {"增加": "减少", "减少": "增加", "增长": "下降", "下降": "增长", "降低": "增长"}
AFTER = dict(zip("一二三四五六七八", "二三四五六七八九", strict=True))
REASON = r"主要原因(?:是|：|:)*"


@dataclass(frozen=True)
class Mistake:
    pattern: str
    made: Callable[[re.Match[str]], str]
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Injected:
    mistake: str
    document: str
    line: int
    before: str
    after: str
    text: str


def other(number: str) -> str:
    """A number of the same look whose first digit is another one."""
    place = next((k for k, digit in enumerate(number) if digit in "123456789"), 0)
    return number[:place] + str(int(number[place]) % 7 + 2) + number[place + 1 :]


def swapped(match: re.Match[str]) -> str:
    """The first group is a number."""
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    return match.group()[:start] + other(match.group(1)) + match.group()[end:]


def instead(text: str) -> Callable[[re.Match[str]], str]:
    return lambda _: text


def behind(text: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match.group() + text


def year_before(match: re.Match[str]) -> str:
    return str(int(match.group()) - 1)


PLACEHOLDERS = ("（请说明原因）", "（若无则填无）", "（根据实际情况填写）", "【填写单位名称】", "（如有）")
DOUBLED = ("。。", "，，", "、，", "；；", "，。", "。，", "；。", ".。")
MISTAKES: dict[str, Mistake] = {
    "share": Mistake(rf"(?<=[1-9]万元，占)({POSITIVE})(?=%)", swapped, ("prose.share",)),
    "share over 100": Mistake(rf"(?<=[1-9]万元，占){POSITIVE}(?=%)", instead("120"), ("prose.share", "plausibility.share_over_100")),
    "share of nothing": Mistake(r"(?<=[^\d.]0万元，占)0(?=%)", instead("3"), ("wording.contradicting_figures",)),
    "rate": Mistake(rf"(?<=\d万元，(?:增长|下降|减少|增加|降低))((?!100){POSITIVE})(?=%)", swapped, ("prose.change",)),
    "rate of no change": Mistake(r"(?<=[加少]0万元，[下增][降长])0(?=%)", instead("5"), ("prose.change", "wording.contradicting_figures")),
    "direction": Mistake(
        rf"(?:增加|减少)(?={POSITIVE}万元，(?:增长|下降|减少|增加|降低)(?!100){POSITIVE}%)",
        lambda match: OPPOSITE[match.group()], ("prose.change", "wording.contradicting_figures"),
    ),
    "level and changed": Mistake(rf"(?:增加|减少){POSITIVE}万元(?=，(?:增长|下降))", instead("持平"), ("wording.contradicting_figures",)),
    "procurement": Mistake(
        r"(?:货物|工程|服务)预算\s?(\d[\d.]*)(?=万元)", swapped, ("prose.sum", "prose_table.procurement_total")
    ),
    "item left out of a split": Mistake(
        rf"政府采购工程预算\s?{NUMBER}万元[，、]政府采购服务预算\s?(?={POSITIVE})", instead("政府采购服务预算1"), ("prose.sum",)
    ),
    "total": Mistake(rf"(?:收入总计|支出合计|收支总预算|支出预算)({POSITIVE})(?=万元)", swapped, ("prose.*", "prose_table.*")),
    "part": Mistake(rf"(?:基本支出|项目支出|人员经费|公用经费)({POSITIVE})(?=万元，占)", swapped, ("prose.*", "prose_table.*")),
    "unit": Mistake(rf"(?<=\d)万元(?=，占{POSITIVE}%)", instead("元"), ("prose.*", "prose_table.*")),
    "two amounts": Mistake(
        rf"(?<=其中，)(房屋建筑物)({POSITIVE})万元",
        lambda match: f"{match.group()}，{match.group(1)}{other(match.group(2))}万元", ("wording.two_amounts", "prose.sum"),
    ),
    "year of a sentence": Mistake(
        r"20\d\d(?=年(?:度)?(?:收入合计|支出合计|一般公共预算|政府性基金预算|机构运行|政府采购|收入预算|财政拨款))", year_before,
        ("wording.wrong_year",),
    ),
    "year of a title": Mistake(
        r"^(?:[#\s]*)20\d\d(?=\s?年[^。，（]*(?:预算|支出)表\s*$)",
        lambda match: re.sub(r"\d+", lambda year: str(int(year.group()) - 1), match.group()), ("wording.wrong_year",),
    ),
    "other agency": Mistake(
        r"(?:焦作市政务服务和大数据管理局|昌吉州电子政务办公室)(?=2023年[财收支度]|收入预算)", instead("滨海市水利局"),
        ("wording.other_agency",),
    ),
    "outdated class": Mistake(r"卫生健康(?=支出\d)", instead("医疗卫生与计划生育"), ("wording.outdated_name",)),
    "choice left": Mistake(rf"(?:增加|减少)(?={POSITIVE}万元)", instead("增加（减少）"), ("wording.template_text",)),
    "XX": Mistake(rf"(?<!\d){NUMBER}(?=万元)", instead("XX"), ("wording.template_text",)),
    "blank": Mistake(rf"(?<=支出){NUMBER}(?=万元)", instead(""), ("wording.template_text",)),
    "no reason": Mistake(rf"({REASON})[^。；]{{4,}}(?=。)", lambda match: match.group(1), ("wording.broken_sentence",)),
    "no full stop": Mistake(r"(?<=。)([^。]{12,})。\s*$", lambda match: match.group(1), ("wording.end_mark", "wording.split_sentence")),
    "no partner": Mistake("(?<=三公)”", instead(""), ("wording.unbalanced_marks",)),
    "wrong partner": Mistake("“(?=三公)", instead("”"), ("wording.unbalanced_marks",)),
    "bracket left open": Mistake("(?<=境)）(?=费)", instead(""), ("wording.unbalanced_marks",)),
    "book title left open": Mistake("》", instead(""), ("wording.unbalanced_marks",)),
    "heading": Mistake(
        r"^[#*\s]*[二三四五六七](?=、[^表\d]*(?:情况说明|构成|总体说明)\**$)", lambda match: match.group()[:-1] + AFTER[match.group()[-1]],
        ("wording.numbering", "structure.missing_chapter"),
    ),
    "twice": Mistake(r"(?<=\d)万元(?=[，。；])", behind("万元"), ("wording.doubled_words",)),
    **{f"placeholder {text}": Mistake(REASON, behind(text), ("wording.template_text",)) for text in PLACEHOLDERS},
    **{f"mark {text}": Mistake("[，；。](?=.)", instead(text), ("wording.doubled_punctuation",)) for text in DOUBLED},
}  # fmt: skip


def injected(documents: dict[str, str], prose: dict[str, set[int]], each: int, seed: int) -> Iterator[Injected]:
    """`each` examples of every mistake in every document that has a place for it; `prose` are the lines that stand in no table."""
    draw = random.Random(seed)
    for name, text in documents.items():
        lines = text.split("\n")
        for mistake, how in MISTAKES.items():
            places = [(number, match) for number in sorted(prose[name]) for match in re.finditer(how.pattern, lines[number - 1])]
            for number, match in draw.sample(places, min(each, len(places))):
                line = lines[number - 1]
                changed = line[: match.start()] + how.made(match) + line[match.end() :]
                whole = "\n".join([*lines[: number - 1], changed, *lines[number:]])
                yield Injected(mistake, name, number, line, changed, whole)
