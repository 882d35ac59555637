"""The same facts in other layouts: what a department of another province, or another conversion, would make of them."""

from collections.abc import Callable
from decimal import Decimal

Fact = tuple[str, str, int]  # code ('' for the total), measure, hundredths of 万元
NAMES = {
    "201": "一般公共服务支出", "20103": "政府办公厅（室）及相关机构事务", "2010301": "行政运行", "2010302": "一般行政管理事务",
    "208": "社会保障和就业支出", "20805": "行政事业单位养老支出", "2080505": "机关事业单位基本养老保险缴费支出",
    "221": "住房保障支出", "22102": "住房改革支出", "2210201": "住房公积金",
}  # fmt: skip
ITEMS = {"2010301": (51_536, 23_941), "2010302": (1_440, 63_060), "2080505": (6_992, 325), "2210201": (6_581, 0)}
COVER = "某市某局\n2023年度部门预算\n\n"
TITLE = "2023年部门支出预算表\n\n"
CAPTION = "部门名称：某市某局\n\n单位：{unit}\n\n"


def rows(total_last: bool = False) -> list[tuple[str, str, int, int]]:
    """(code, name, basic, project) of classes, sections, items and the total."""
    found = []
    for code in sorted(NAMES):
        under = [pair for item, pair in ITEMS.items() if item.startswith(code)]
        found.append((code, NAMES[code], sum(a for a, _ in under), sum(b for _, b in under)))
    total = ("", "合计", sum(a for a, _ in ITEMS.values()), sum(b for _, b in ITEMS.values()))
    return [*found, total] if total_last else [total, *found]


def facts() -> set[Fact]:
    """What any layout must give back; a printed zero is a fact, a blank is not: zeros are printed blank here."""
    return {
        (code, measure, value)
        for code, _, basic, project in rows()
        for measure, value in (("total", basic + project), ("basic", basic), ("project", project))
        if value
    }


def money(hundredths: int, unit: str = "万元") -> str:
    if not hundredths:
        return ""
    return f"{Decimal(hundredths).scaleb(-2):,.2f}" if unit == "万元" else f"{Decimal(hundredths) * 100:,.2f}"


def lines_of(records: list[tuple[str, str, int, int]], unit: str = "万元") -> list[list[str]]:
    return [[code, name, money(basic + project, unit), money(basic, unit), money(project, unit)] for code, name, basic, project in records]


def page(table: list[list[str]], unit: str = "万元", title: str = TITLE, joint: str = "\t") -> str:
    return COVER + title + CAPTION.format(unit=unit) + "\n".join(joint.join(row) for row in table) + "\n"


HEADER = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]


def plain() -> str:
    return page([HEADER, *lines_of(rows())])


def columns_permuted() -> str:
    order = [0, 1, 4, 3, 2]
    return page([[row[k] for k in order] for row in [HEADER, *lines_of(rows())]])


def total_last() -> str:
    return page([HEADER, *lines_of(rows(total_last=True))])


def codes_in_three_columns() -> str:
    header = [["功能分类科目编码", "", "", "功能分类科目名称", "合计", "基本支出", "项目支出"], ["类", "款", "项", "", "", "", ""]]
    body = [[row[0][:3], row[0][3:5], row[0][5:7], *row[1:]] for row in lines_of(rows())]
    return page([*header, *body])


def header_of_two_levels() -> str:
    header = [["项目", "", "2023年预算数", "", ""], HEADER]
    return page([*header, *lines_of(rows())])


def header_shifted_by_one() -> str:
    """The upper heading 支出预算 stands one column too far to the left, over the name."""
    header = [["项目", "支出预算", "", "", ""], HEADER]
    return page([*header, *lines_of(rows())])


def header_lost_its_first_cell() -> str:
    """Every heading stands one column too far to the left: only the sums tell where they belong."""
    return page([[*HEADER[1:], ""], *lines_of(rows())])


def in_yuan() -> str:
    return page([HEADER, *lines_of(rows(), "元")], unit="元")


def one_cell_a_line() -> str:
    table = [HEADER, *lines_of(rows())]
    stacked = "\n\n".join("\n".join("\t" + cell for cell in row) for row in table)
    return COVER + "表3\n\n部门支出总体情况表\n\n编制单位：某市某局          单位：万元\n" + stacked + "\n\n\n说明到此为止。\n"


def pipes() -> str:
    return page([HEADER, *lines_of(rows())], joint=" | ")


def title_lost() -> str:
    contents = "目录\n\n一、部门收支预算表\n二、部门支出预算表\n三、一般公共预算支出预算表\n\n第一部分 概况\n\n"
    whole = money(sum(a + b for a, b in ITEMS.values()))
    other = "{title}\n\n单位：万元\n\n科目编码\t科目名称\t合计\n" + f"\t合计\t{whole}\n"
    before = f"部门收支预算表\n\n单位：万元\n\n收入\t\t支出\t\n项目\t金额\t项目\t金额\n收入总计\t{whole}\t支出总计\t{whole}\n\n"
    return (
        COVER
        + contents
        + before
        + page([HEADER, *lines_of(rows())], title="")[len(COVER) :]
        + "\n"
        + other.format(title="一般公共预算支出预算表")
    )


def two_panels() -> str:
    """Classes and their items side by side: 科目编码 | … | 科目编码 | …"""
    records = lines_of(rows())
    half = (len(records) + 1) // 2
    right = [*records[half:], *[[""] * 5] * (2 * half - len(records))]
    return page([HEADER + HEADER, *[left + other for left, other in zip(records[:half], right, strict=True)]])


def page_break() -> str:
    table = [HEADER, *lines_of(rows())]
    return page([*table[:6], [""], *table[6:]])


def page_break_with_header() -> str:
    table = [HEADER, *lines_of(rows())]
    return page([*table[:6], [""], HEADER, *table[6:]])


def full_width_digits() -> str:
    wide = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
    return page([HEADER, *[[row[0], row[1], *(cell.translate(wide) for cell in row[2:])] for row in lines_of(rows())]])


def spaced_labels() -> str:
    return page([[" ".join(cell) for cell in HEADER], *[[row[0], row[1].replace("合计", "合　计"), *row[2:]] for row in lines_of(rows())]])


LAYOUTS: dict[str, Callable[[], str]] = {
    function.__name__: function
    for function in (
        plain, columns_permuted, total_last, codes_in_three_columns, header_of_two_levels, header_shifted_by_one,
        header_lost_its_first_cell, in_yuan, one_cell_a_line,
        pipes, title_lost, two_panels, page_break, page_break_with_header, full_width_digits, spaced_labels,
    )
}  # fmt: skip
