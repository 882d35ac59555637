"""Headers that lost their shape: headings of several levels written into one cell, and rows of headings whose blank cells were lost.

A header is looked at once for all tables that print it, because documents made from one template share theirs; hence plain tuples.
A shape is a path of headings for each column. Whether the shape that is found here is the right one the sums decide (readings.py).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from heapq import heappop, heappush
from itertools import count, groupby

from yusuan.parsing.text import QUOTES, UNIT_SUFFIX
from yusuan.parsing.vocabulary import load

Path = tuple[str, ...]
Meant = tuple[str | None, str | None, str | None]
State = tuple[int, tuple[int, ...], int, tuple[int, ...]]
Rows = tuple[tuple[tuple[int, str], ...], ...]  # of each level the (column, heading) that it prints
JOINTS = "-—–_/／|>·.:："
BRACKETED = r"(?P<rest>.+)[(（](?P<inner>[^()（）]+)[)）]"
CODE_LEVELS = ("类", "款", "项")
MEANING = ("role", "facet", "fund_source")
# Funds that others are parts of.
WIDE_FUNDS = ("all", "financial", "government_budget")
# Funds of a unit that are no 财政拨款.
NOT_FINANCIAL = (
    "special_account", "unit_funds", "business_income", "operating_income", "superior_subsidy", "subsidiary_remittance", "other_income",
)  # fmt: skip
GROUPS = ("项目", "科目", "收入项目", "支出项目", "功能分类", "经济科目")
# Groups that stand over labels: 科目, 部门预算支出经济分类科目, 收入 over 项目 and 金额; 本年拨款 does not.
OF_LABELS = "科目|分类|项目|收入|支出|目录"
WHOLES = ("合计", "总计", "小计")
LABELS = ("code", "agency_code", "project_code", "name", "agency", "project", "project_group", "category", "procurement_class",
          "procurement_item", "item_group", "label")  # fmt: skip
# Columns beside money: words, counts and ordinals, changes and rates.
NO_MONEY = ("note", "count", "change")
# What speaks against a shape, in the order in which it does: a heading over cells of another kind, a heading twice in its group.
OTHER_KIND, OTHER_LABEL, TWICE, NO_GROUP, UNKNOWN_PATH, ONE_CHILD, NO_KIN, MOVED, ALONE = 8.0, 2.0, 6.0, 5.0, 3.0, 1.5, 1.0, 0.01, 0.001
# A shape against which so much speaks is none.
DOUBTFUL = 3.0
# A header that is not understood after so many steps is none.
MOST_STATES = 5_000


@lru_cache(maxsize=100_000)
def plain(heading: str) -> str:
    """A heading as the vocabulary writes it: `header_term` for one text."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", heading))
    bare = re.sub(UNIT_SUFFIX, "", re.sub(QUOTES, "", bare).strip(":"))
    bare = re.sub(r"^\d{4}年?(度)?", "", bare).strip(":")
    return "预算数" if bare in ("", "年", "年度") else bare


@cache
def _terms() -> dict[str, Meant]:
    return {term: (role, facet, fund) for term, role, facet, fund in load("header_terms").select("term", *MEANING).iter_rows()}


@lru_cache(maxsize=100_000)
def meaning(heading: str) -> Meant:
    """(role, facet, fund source) of a heading by its term or the first pattern that it contains."""
    term = plain(heading)
    if term in _terms():
        return _terms()[term]
    for pattern, role, facet, fund in load("header_patterns").select("pattern", *MEANING).iter_rows():
        if re.search(pattern, term):
            return role, facet, fund
    return None, None, None


@cache
def _paths_of_facets() -> frozenset[str]:
    return frozenset(load("measure_facets")["facets"])


def taken_apart(headings: tuple[str, ...]) -> tuple[Path, ...] | None:
    """The paths of a header in one row whose cells hold all headings over their column, joined; None where it is an ordinary row.

    The highest heading may stand first (基本支出小计), last (小计基本支出) or in brackets behind the lowest (小计（基本支出）) or before it
    (基本支出（小计））: the way that leaves fewest headings without a meaning is taken.
    """
    texts = tuple(re.sub(r"\s+", "", heading) for heading in headings)
    if len(set(texts)) < 2 or all(plain(text) in _terms() for text in texts):
        return None
    ways = [_joined(texts), _joined(texts, upwards=True), _bracketed(texts), _bracketed(texts, upwards=True)]
    found = [paths for paths in ways if any(len(path) > 1 for path in paths)]
    return min(found, key=_unclear, default=None)


def _joined(texts: tuple[str, ...], upwards: bool = False) -> tuple[Path, ...]:
    """Headings written together, the highest first, or `upwards`, the lowest first.

    A group is what stands before two different known headings (基本支出小计, 基本支出人员经费); 小计 alone tells no group.
    """
    groups: dict[str, set[str]] = defaultdict(set)
    pending, seen = {text for text in texts if plain(text) not in _terms()}, set()
    while pending:
        text = pending.pop()
        seen.add(text)
        for cut in range(1, len(text)):
            group, rest = (text[cut:].lstrip(JOINTS), text[:cut]) if upwards else (text[:cut].rstrip(JOINTS), text[cut:])
            known = plain(rest) in _terms() and (len(plain(rest)) > 1 or group.endswith(("码", "目", "号")))
            if known and len(group) > 1 and rest == rest.strip(JOINTS):
                groups[group].add(plain(rest))
                if group not in seen and plain(group) not in _terms():
                    pending.add(group)
    # Where two ways are as good, the same one is taken in every run: sets have no order of their own.
    found = sorted(group for group, below in groups.items() if len(below) > 1)

    def path(text: str) -> Path:
        if plain(text) in _terms():
            return (text,)
        over = [group for group in found if (text.endswith(group) if upwards else text.startswith(group)) and text != group]
        if not over:
            return (text,)
        # 公务用车购置及运行费 | 公务用车运行费, not 公务用车购置及运行费公务用车 | 运行费.
        cut = {group: text[: -len(group)] if upwards else text[len(group) :] for group in over}
        ways = [(*path(group), *_two_known(rest.strip(JOINTS), upwards)) for group, rest in cut.items()]
        # 财政拨款支出 as the last of several headings is one, 公务用车购置及运行费 as the first is not 公务用车购置及运行 and 费.
        sense = -1 if upwards else 1
        return max(ways, key=lambda way: (sum(plain(h) in _terms() for h in way) / len(way), sense * len(way), -len(way[-1])))

    return tuple(path(text) for text in texts)


def _two_known(text: str, upwards: bool) -> Path:
    """What is left of a heading below its group: one heading, or a group of one column and its only heading, both known."""
    if plain(text) not in _terms():
        for cut in range(2, len(text) - 1):
            two = (text[:cut].rstrip(JOINTS), text[cut:].lstrip(JOINTS))
            if all(plain(heading) in _terms() for heading in two):
                return two[::-1] if upwards else two
    return (text,)


def _bracketed(texts: tuple[str, ...], upwards: bool = False) -> tuple[Path, ...]:
    """Headings of which all but the first stand in brackets, the highest first, or `upwards`, the lowest first."""

    def path(text: str) -> Path:
        parts = re.fullmatch(BRACKETED, text)
        if plain(text) in _terms() or not parts:
            return (text,)
        # （基本支出）（人员经费） are two headings, 资本性支出（基本建设） is one.
        rest, inner = path(parts["rest"]), parts["inner"]
        return (inner, *rest) if upwards else (*rest, inner)

    paths = tuple(path(text) for text in texts)
    groups = Counter(path[0] for path in set(paths) if len(path) > 1)
    return tuple(path if groups[path[0]] > 1 else (text,) for path, text in zip(paths, texts, strict=True))


def _unclear(paths: tuple[Path, ...]) -> float:
    """What speaks against the paths of a header, the headings in them that nothing is known of, and groups of one column or of columns that
    stand apart."""
    runs = [(group, len(list(columns))) for group, columns in groupby(paths, key=lambda path: path[0] if len(path) > 1 else None) if group]
    cost = ONE_CHILD * (len(runs) - len({group for group, _ in runs}) + sum(columns == 1 for _, columns in runs))
    for path in paths:
        meant = [meaning(heading) for heading in path]
        cost += sum(plain(heading) not in _terms() for heading in path)
        cost += sum(_under(path[k - 1], meant[k - 1], path[k], meant[k]) for k in range(1, len(path)))
        facets = "/".join(dict.fromkeys(facet for _, facet, _ in meant if facet))
        cost += UNKNOWN_PATH * (bool(facets) and facets not in _paths_of_facets())
    return cost


@lru_cache(maxsize=10_000)
def rebuilt(rows: Rows, kinds: tuple[str | None, ...]) -> tuple[Path, ...] | None:
    """The likeliest paths of the columns, whatever column each heading is printed in; only their order in each row is kept.

    `kinds` tells what stands below: code, text, amount, or None for nothing. Every heading of a row heads one column, or a run
    of headings of the row below it. None where the headings do not add up to the columns. The places of all headings may be right and
    only how far the groups reach unknown, because headings of one column stand in the lowest row of theirs.
    """
    used = max((column for column, kind in enumerate(kinds, start=1) if kind is not None), default=0)
    best = _Search(rows, kinds, in_place=True).best() if len(rows) > 1 else None
    for width in range(max(used, 1), len(kinds) + 1):
        found = _Search(rows, kinds[:width]).best()
        if found and (best is None or found[0] < best[0]):
            best = found
    return best[1] if best else None


class _Search:
    """The cheapest way to hang the headings of each row under those of the row above, column by column."""

    def __init__(self, rows: Rows, kinds: tuple[str | None, ...], in_place: bool = False) -> None:
        self.rows, self.kinds, self.levels, self.in_place = rows, kinds, len(rows), in_place

    def best(self) -> tuple[float, tuple[Path, ...]] | None:
        """Cost and paths, or None where everything costs too much. The cheapest beginnings are followed first (uniform-cost search).

        A state is: columns done, headings of each row taken, length of the last path, and where the children of the open group
        begin in each row.
        """
        order = count()
        none = (0,) * self.levels
        queue: list[tuple[float, int, State, tuple[Path, ...]]] = [(0.0, next(order), (0, none, 0, none), ())]
        done: set[State] = set()
        while queue and len(done) < MOST_STATES:
            cost, _, state, paths = heappop(queue)
            column, taken, depth, since = state
            if column > len(self.kinds):
                return cost, paths
            if state in done:
                continue
            done.add(state)
            if column == len(self.kinds):
                if all(number == len(row) for number, row in zip(taken, self.rows, strict=True)):
                    final = cost + self._closed(0, depth, taken, since)
                    heappush(queue, (final, next(order), (column + 1, taken, 0, none), paths))
                continue
            for further, now, length, start, path in self._next(column, taken, depth, since):
                if cost + further < DOUBTFUL:
                    heappush(queue, (cost + further, next(order), (column + 1, now, length, start), (*paths, path)))
        return None

    def _next(
        self, column: int, taken: tuple[int, ...], depth: int, since: tuple[int, ...]
    ) -> Iterator[tuple[float, tuple[int, ...], int, tuple[int, ...], Path]]:
        """The headings that may stand over a column: they begin below a group that goes on, and go down to some row. Where all stand in
        their places, one of a lower row may stand alone, and none over nothing."""
        for begin in range(max(depth, 1)):
            closed = self._closed(begin + 1, depth, taken, since)
            now, start = list(taken), list(since)
            if begin == 0 and self._opens_panel(column):
                start[0] = now[0]
            for end in range(begin, self.levels):
                if now[end] >= len(self.rows[end]) or (self.in_place and not self._here(column, end, taken)):
                    break
                if end > begin:
                    start[end] = now[end]
                now[end] += 1
                if self.in_place or self._adds_up(now, len(self.kinds) - column - 1):
                    path = tuple(self.rows[level][now[level] - 1][1] for level in range(end + 1))
                    cost = self._cost(column, path, begin, tuple(now), tuple(start))
                    yield closed + cost, tuple(now), end + 1, tuple(start), path
        if not self.in_place:
            return
        for level in range(1, self.levels):
            if self._here(column, level, taken):
                alone = (*taken[:level], taken[level] + 1, *taken[level + 1 :])
                path = (self.rows[level][taken[level]][1],)
                yield ALONE + self._closed(0, depth, taken, since) + self._of_column(column, path), alone, 0, alone, path
        if self.kinds[column] is None and not any(self._here(column, level, taken) for level in range(self.levels)):
            yield 0.0, taken, depth, since, ()

    def _opens_panel(self, column: int) -> bool:
        """Whether a column of labels stands behind figures: a list set in two columns prints its headings twice."""
        before = next((kind for kind in reversed(self.kinds[:column]) if kind), None)
        return before == "amount" and self.kinds[column] in ("code", "text")

    def _here(self, column: int, level: int, taken: tuple[int, ...]) -> bool:
        """Whether the next heading of a row is printed in this column."""
        return taken[level] < len(self.rows[level]) and self.rows[level][taken[level]][0] == column + 1

    def _adds_up(self, taken: list[int], columns: int) -> bool:
        """Whether so many more columns can use up the headings that are left: each takes one or more of them, of a level at most one."""
        left = [len(row) - count for row, count in zip(self.rows, taken, strict=True)]
        return max(left) <= columns <= sum(left)

    def _closed(self, begin: int, depth: int, taken: tuple[int, ...], since: tuple[int, ...]) -> float:
        """Groups that end here with one child only."""
        return ONE_CHILD * sum(taken[level] - since[level] == 1 for level in range(max(begin, 1), depth))

    def _cost(self, column: int, path: Path, begin: int, now: tuple[int, ...], start: tuple[int, ...]) -> float:
        """What speaks against a path of which the headings from level `begin` on are new."""
        meant = [meaning(heading) for heading in path]
        cost = MOVED * abs(self.rows[len(path) - 1][now[len(path) - 1] - 1][0] - column - 1)
        for level in range(begin, len(path)):
            heading = plain(path[level])
            siblings = {plain(text) for _, text in self.rows[level][start[level] : now[level] - 1]}
            cost += TWICE * (heading in siblings)
            if level:
                cost += NO_KIN * (heading in WHOLES and bool(siblings))
                cost += _under(path[level - 1], meant[level - 1], path[level], meant[level])
            elif heading in CODE_LEVELS:
                cost += OTHER_LABEL
        # No group reaches over figures into the labels of the next panel.
        cost += OTHER_LABEL * (begin > 0 and self._opens_panel(column))
        return cost + self._of_column(column, path)

    def _of_column(self, column: int, path: Path) -> float:
        """What speaks against all headings over a column, whatever stands beside it."""
        meant = [meaning(heading) for heading in path]
        facets = "/".join(dict.fromkeys(facet for _, facet, _ in meant if facet))
        cost = UNKNOWN_PATH * (bool(facets) and facets not in _paths_of_facets())
        role = next((role for role, _, _ in reversed(meant) if role not in (None, "group")), None)
        kind = self.kinds[column]
        if role is None or role in NO_MONEY or kind is None:
            return cost
        if (role in LABELS) != (kind != "amount"):
            return cost + OTHER_KIND
        return cost + OTHER_LABEL * (kind != "amount" and role.endswith("code") != (kind == "code"))


def _under(group: str, of_group: Meant, heading: str, meant: Meant) -> float:
    """What speaks against a heading below another."""
    (role, _, fund), (own_role, _, own_fund) = of_group, meant
    coding = role == "code" or "编码" in group
    cost = OTHER_LABEL * ((plain(heading) in CODE_LEVELS) != coding)
    cost += OTHER_LABEL * (role == "group" and own_role in LABELS and not re.search(OF_LABELS, plain(group)))
    # 合计 and 科目名称 head one column; 项目名称 may stand over 一级项目 and 二级项目, 项目 over anything.
    labelled = role in LABELS and plain(group) not in GROUPS and (own_role or "").split("_")[0] != (role or "").split("_")[0]
    cost += NO_GROUP * (plain(group).endswith(WHOLES) or labelled)
    cost += UNKNOWN_PATH * (None not in (fund, own_fund) and fund != own_fund and not {fund, own_fund} & set(WIDE_FUNDS))
    cost += UNKNOWN_PATH * (fund == "financial" and own_fund in NOT_FINANCIAL)
    # 公务用车购置费 belongs to 公务用车购置及运行费.
    kin = sum(heading[k : k + 2] in group for k in range(len(heading) - 1)) / max(len(heading) - 1, 1)
    cost += NO_KIN * (1 - kin) * (role == "item" and own_role == "item")
    amounts = own_role == "amount"
    return cost + OTHER_LABEL * ((group.endswith("科目") and amounts) or (role == "amount" and own_role in LABELS))
