"""财决公开01-09表: the final accounts of a department, in the layouts of 2015 to 2025."""

from collections.abc import Callable

from templates import (
    CLASSES,
    CODE_OF_CLASS,
    ECONOMIC,
    NUMERALS,
    Amount,
    Books,
    Row,
    Table,
    code_cells,
    code_heads,
    coded,
    function_rows,
    of,
    whole,
)


def fa01(books: Books, lined: bool = True, old: bool = False) -> Table:
    """收入支出决算总表. `lined`: 行次 columns and a 栏次 row; `old`: wording of 2015 to 2018."""
    s = "revenue_expenditure_summary"
    amount = {"measure": "amount"}
    general, fund = sum(books.total("general")), sum(books.total("fund"))
    if old:
        revenue = [
            ("一、财政拨款收入", general + fund, "financial", "subtotal"),
            ("其中：政府性基金预算财政拨款", fund, "government_fund", "detail"),
        ]
        rest = ["二、上级补助收入", "三、事业收入", "四、经营收入", "五、附属单位上缴收入", "六、其他收入"]
    else:
        revenue = [
            ("一、一般公共预算财政拨款收入", general, "general_public", "detail"),
            ("二、政府性基金预算财政拨款收入", fund, "government_fund", "detail"),
            ("三、国有资本经营预算财政拨款收入", 0, "state_capital", "detail"),
        ]
        rest = ["四、上级补助收入", "五、事业收入", "六、经营收入", "七、附属单位上缴收入", "八、其他收入"]
    own = [0, books.business, 0, 0, books.other]
    revenue += [
        (name, value, kind, "detail")
        for name, value, kind in zip(
            rest, own, ["superior_subsidy", "business_income", "operating_income", "subsidiary_remittance", "other_income"], strict=True
        )
    ]
    income = general + fund + books.business + books.other
    spent = books.spent("general", "fund", "own")
    outlay = sum(books.total("general", "fund", "own"))
    bottom_left = [
        ("本年收入合计", income, "all", "total"),
        ("用事业基金弥补收支差额" if old else "使用非财政拨款结余（含专用结余）", 0, "nonfinancial_balance", "detail"),
        ("年初结转和结余", books.opening, "carryover", "detail"),
        ("总计", income + books.opening, "all", "total"),
    ]
    bottom_right = [
        ("本年支出合计", outlay),
        ("结余分配", 0),
        ("年末结转和结余", income + books.opening - outlay),
        ("总计", income + books.opening),
    ]
    left = [(name, value, fund_source, kind) for name, value, fund_source, kind in revenue]
    right = [
        (f"{numeral}、{name}", spent.get(CODE_OF_CLASS.get(name, ""), (0, 0)), CODE_OF_CLASS.get(name))
        for numeral, name in zip(NUMERALS, CLASSES, strict=False)
    ]
    table = Table("收入支出决算总表", [], number="公开01表")
    word = "决算数" if old else "金额"
    if lined:
        table.header = [
            [("收入", 3, 1), ("支出", 3, 1)],
            ["项目", "行次", word, "项目（按功能分类）" if old else "项目", "行次", word],
            ["栏次", "", "1", "栏次", "", "2"],
        ]
    else:
        table.header = [[("收入", 2, 1), ("支出", 2, 1)], ["项目", word, "项目", word]]
    number = iter(range(1, 99))
    numbers = {}
    for k in range(len(right)):
        numbers[k] = next(number)
    for k, (name, (basic, project), code) in enumerate(right):
        row: Row = []
        if k < len(left):
            label, value, fund_source, kind = left[k]
            row += [
                label,
                *([str(k + 1)] if lined else []),
                *of({"statement": s, "side": "revenue", "item": label, "fund": fund_source, "kind": kind}, (value, amount)),
            ]
        else:
            row += ["", *([str(k + 1)] if lined else []), ""]
        labels = {"statement": s, "side": "expenditure", "item": name, "fund": "all", "kind": "detail"} | (
            {"classification": code} if code else {}
        )
        row += [name, *([str(k + 32)] if lined else []), *of(labels, (basic + project, amount))]
        table.body.append(row)
    for k, ((label, value, fund_source, kind), (name, spent_value)) in enumerate(zip(bottom_left, bottom_right, strict=True)):
        n = len(right) + k
        left_labels = {"statement": s, "side": "revenue", "item": label, "fund": fund_source, "kind": kind}
        right_labels = {"statement": s, "side": "expenditure", "item": name, "fund": "all", "kind": "total" if "计" in name else "detail"}
        row = [label, *([str(n + 1)] if lined else []), *of(left_labels, (value, amount))]
        table.body.append([*row, name, *([str(n + 32)] if lined else []), *of(right_labels, (spent_value, amount))])
    table.notes = ["注：1.本表反映部门本年度的总收支和年末结转结余情况。", "2.本套报表金额单位转换时可能存在尾数误差。"]
    return table


def _counted(width: int, labels: int) -> list[str]:
    return ["栏次", *[""] * (labels - 1), *[str(k) for k in range(1, width + 1)]]


def fa02(books: Books, style: int = 1, counted: bool = True) -> Table:
    s = "revenue_summary"
    heads = ["本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]
    table = Table("收入决算表", [[("项目", style + 1, 1), *[(h, 1, 2) for h in heads]], code_heads(style)], number="公开02表")
    if counted:
        table.header.append(_counted(7, style + 1))

    paid = {code: books.spent("general", "fund").get(code, (0, 0)) for code in books.spent("general", "fund", "own")}

    def columns(code: str | None, basic: int, project: int) -> list[tuple[int, dict[str, str]]]:
        financial = sum(paid[code]) if code else sum(books.total("general", "fund"))
        other = books.other if basic + project > financial else 0
        values = [basic + project, financial, 0, basic + project - financial - other, 0, 0, other]
        funds = ["all", "financial", "superior_subsidy", "business_income", "operating_income", "subsidiary_remittance", "other_income"]
        return [(v, {"measure": "total", "fund": f}) for v, f in zip(values, funds, strict=True)]

    table.body = function_rows(books, s, ("general", "fund", "own"), style, columns, side="revenue")
    return table


def fa03(books: Books, style: int = 3, counted: bool = True) -> Table:
    heads = ["本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]
    measures = ["total", "basic", "project", "remitted_up", "business", "subsidy_down"]
    table = Table("支出决算表", [[("项目", style + 1, 1), *[(h, 1, 2) for h in heads]], code_heads(style)], number="公开03表")
    if counted:
        table.header.append(_counted(6, style + 1))

    def columns(code: str | None, basic: int, project: int) -> list[tuple[int, dict[str, str]]]:
        return [(v, {"measure": m, "fund": "all"}) for v, m in zip([basic + project, basic, project, 0, 0, 0], measures, strict=True)]

    table.body = function_rows(books, "expenditure_summary", ("general", "fund", "own"), style, columns)
    return table


def fa04(books: Books, lined: bool = True) -> Table:
    s = "appropriation_summary"
    general, fund = books.spent("general"), books.spent("fund")
    g, f = sum(books.total("general")), sum(books.total("fund"))
    opening = books.opening_general
    left = [
        ("一、一般公共预算财政拨款", g, "general_public", "detail"),
        ("二、政府性基金预算财政拨款", f, "government_fund", "detail"),
        ("三、国有资本经营预算财政拨款", 0, "state_capital", "detail"),
    ]
    table = Table("财政拨款收入支出决算总表", [], number="公开04表")
    tail = ["合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"]
    if lined:
        table.header = [
            [("收 入", 3, 1), ("支 出", 6, 1)],
            ["项目", "行次", "金额", "项目", "行次", *tail],
            ["栏次", "", "1", "栏次", "", "2", "3", "4", "5"],
        ]
    else:
        table.header = [[("收入", 2, 1), ("支出", 5, 1)], ["项目", "决算数", "项目", *tail]]

    def line(
        k: int, left_cells: tuple[str, int, str, str] | None, name: str, kind: str, values: tuple[int, int], code: str | None = None
    ) -> Row:
        row: Row = ["", *([str(k)] if lined else []), ""]
        if left_cells:
            label, value, source, left_kind = left_cells
            row = [
                label,
                *([str(k)] if lined else []),
                *of(
                    {"statement": s, "side": "revenue", "item": label, "fund": source, "kind": left_kind, "measure": "amount"}, (value, {})
                ),
            ]
        labels = {"statement": s, "side": "expenditure", "item": name, "kind": kind, "measure": "total"} | (
            {"classification": code} if code else {}
        )
        return [
            *row,
            name,
            *([str(k + 30)] if lined else []),
            *of(
                labels,
                (sum(values), {"fund": "all"}),
                (values[0], {"fund": "general_public"}),
                (values[1], {"fund": "government_fund"}),
                (0, {}),
            ),
        ]

    for k, name in enumerate(CLASSES):
        code = CODE_OF_CLASS.get(name)
        pair = (sum(general.get(code or "", (0, 0))), sum(fund.get(code or "", (0, 0))))
        table.body.append(line(k + 1, left[k] if k < len(left) else None, f"{NUMERALS[k]}、{name}", "detail", pair, code))
    n = len(CLASSES)
    table.body.append(line(n + 1, ("本年收入合计", g + f, "all", "total"), "本年支出合计", "total", (g, f)))
    table.body.append(
        line(
            n + 2, ("年初财政拨款结转和结余", opening, "carryover_financial", "subtotal"), "年末财政拨款结转和结余", "detail", (opening, 0)
        )
    )
    table.body.append(line(n + 3, ("一、一般公共预算财政拨款", opening, "carryover_general", "detail"), "", "detail", (0, 0)))
    table.body.append(line(n + 4, ("二、政府性基金预算财政拨款", 0, "carryover_government_fund", "detail"), "", "detail", (0, 0)))
    table.body.append(line(n + 5, ("总计", g + f + opening, "all", "total"), "总计", "total", (g + opening, f)))
    return table


def fa05(books: Books, style: int = 3, counted: bool = True, total_last: bool = False) -> Table:
    table = Table(
        "一般公共预算财政拨款支出决算表",
        [[("项目", style + 1, 1), ("本年支出", 3, 1)], [*code_heads(style), "小计", "基本支出", "项目支出"]],
        number="公开05表",
    )
    if counted:
        table.header.append(_counted(3, style + 1))

    def columns(code: str | None, basic: int, project: int) -> list[tuple[int, dict[str, str]]]:
        fund = {"fund": "general_public"}
        return [
            (basic + project, fund | {"measure": "total"}),
            (basic, fund | {"measure": "basic"}),
            (project, fund | {"measure": "project"}),
        ]

    table.body = function_rows(books, "general_budget_expenditure", ("general",), style, columns, total_last)
    return table


def fa06(books: Books, panels: int = 3, style: int = 1) -> Table:
    """一般公共预算财政拨款基本支出决算表: economic items in panels side by side, 人员经费合计 and 公用经费合计 at the foot."""
    s = "general_budget_basic_by_economic"
    labels = {"fund": "general_public"}

    def entries(*classes: str) -> list[Row]:
        rows = []
        for code in ECONOMIC:
            if code[:3] in classes:
                value = books.economic.get(code) or sum(v for c, v in books.economic.items() if c.startswith(code))
                measure = "basic/personnel" if code[:3] in ("301", "303") else "basic/public"
                rows.append([*code_cells(code, style), ECONOMIC[code], *of(coded(s, code, **labels), (value, {"measure": measure}))])
        return rows

    sides = [entries("301", "303"), entries("302"), entries("310")] if panels == 3 else [entries("301", "303"), entries("302", "310")]
    height, width = max(map(len, sides)), style + 2
    body = [[cell for side in sides for cell in (side[k] if k < len(side) else [""] * width)] for k in range(height)]
    blank = [""] * (style)
    foot = ["人员经费合计", *blank, *of(whole(s, "人员经费合计", **labels), (books.personnel, {"measure": "basic/personnel"}))]
    foot += [
        "公用经费合计",
        *blank,
        *([""] * width if panels == 3 else []),
        *of(whole(s, "公用经费合计", **labels), (books.public, {"measure": "basic/public"})),
    ]
    heads = [("经济分类科目编码", style, 1), "科目名称", "决算数" if panels == 2 else "金额"]
    header = [[("人员经费", width, 1), ("公用经费", width * (panels - 1), 1)], heads * panels]
    return Table("一般公共预算财政拨款基本支出决算表", header, [*body, foot], number="公开06表")


def fa07(books: Books, counted: bool = True) -> Table:
    s = "three_public"
    heads = [("合计", 1, 2), ("因公出国（境）费", 1, 2), ("公务用车购置及运行维护费", 3, 1), ("公务接待费", 1, 2)]
    low = ["小计", "公务用车购置费", "公务用车运行维护费"]
    table = Table("财政拨款“三公”经费支出决算表", [[("预算数", 6, 1), ("决算数", 6, 1)], [*heads, *heads], [*low, *low]], number="公开07表")
    if counted:
        table.header.append([str(k) for k in range(1, 13)])
    row: Row = []
    for values, period in ((books.three, "budget"), (books.three_used, "final_accounts")):
        car = values["buy"] + values["run"]
        cells = [
            ("合计", car + values["trip"] + values["meal"], "total"),
            ("因公出国（境）费", values["trip"], "detail"),
            ("公务用车购置及运行维护费", car, "subtotal"),
            ("公务用车购置费", values["buy"], "detail"),
            ("公务用车运行维护费", values["run"], "detail"),
            ("公务接待费", values["meal"], "detail"),
        ]
        row += [
            Amount(
                value,
                {
                    "statement": s,
                    "side": "expenditure",
                    "item": item,
                    "kind": kind,
                    "measure": "amount",
                    "fund": "financial",
                    "period": period,
                },
            )
            for item, value, kind in cells
        ]
    table.body = [row]
    return table


def fa07_vertical(books: Books) -> Table:
    """“三公”经费 as a list: 项目 | 年初预算数 | 决算数."""
    s = "three_public"
    rows = [
        ("合计", lambda v: sum(v.values()), "total"),
        ("1.因公出国（境）费", lambda v: v["trip"], "detail"),
        ("2.公务用车购置及运行维护费", lambda v: v["buy"] + v["run"], "subtotal"),
        ("（1）公务用车购置费", lambda v: v["buy"], "detail"),
        ("（2）公务用车运行维护费", lambda v: v["run"], "detail"),
        ("3.公务接待费", lambda v: v["meal"], "detail"),
    ]
    body = [
        [
            name,
            *of(
                {"statement": s, "side": "expenditure", "item": name, "kind": kind, "fund": "general_public", "measure": "amount"},
                (value(books.three), {"period": "budget"}),
                (value(books.three_used), {"period": "final_accounts"}),
            ),
        ]
        for name, value, kind in rows
    ]
    return Table("一般公共预算财政拨款“三公”经费支出决算表", [["项目", "年初预算数", "决算数"]], body, number="公开07表")


def fa08(books: Books, style: int = 1, counted: bool = True) -> Table:
    s = "government_fund_expenditure"
    heads = [("年初结转和结余", 1, 2), ("本年收入", 1, 2), ("本年支出", 3, 1), ("年末结转和结余", 1, 2)]
    table = Table(
        "政府性基金预算财政拨款收入支出决算表",
        [[("项目", style + 1, 1), *heads], [*code_heads(style), "小计", "基本支出", "项目支出"]],
        number="公开08表",
    )
    if counted:
        table.header.append(_counted(6, style + 1))

    def columns(code: str | None, basic: int, project: int) -> list[tuple[int, dict[str, str]]]:
        fund, carried = {"fund": "government_fund"}, {"fund": "carryover_government_fund", "measure": "total"}
        value = basic + project
        return [
            (1_234, carried | {"side": "revenue"}),
            (value + 55, fund | {"measure": "total", "side": "revenue"}),
            (value, fund | {"measure": "total"}),
            (basic, fund | {"measure": "basic"}), (project, fund | {"measure": "project"}), (1_289, carried),
        ]  # fmt: skip

    table.body = function_rows(books, s, ("fund",), style, columns)
    return table


def fa09(books: Books) -> Table:
    table = Table(
        "国有资本经营预算财政拨款支出决算表",
        [[("项目", 2, 1), ("本年支出", 3, 1)], ["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["栏次", "", "1", "2", "3"]],
        number="公开09表",
    )
    table.body = [["", "合计", "", "", ""], ["", "", "", "", ""]]
    table.notes = ["注：本部门2023年度没有国有资本经营预算财政拨款支出，故本表无数据。"]
    return table


FINAL: dict[str, Callable[[Books], Table]] = {
    "fa01_lines": fa01, "fa01_plain": lambda b: fa01(b, lined=False), "fa01_old": lambda b: fa01(b, old=True), "fa02": fa02,
    "fa02_three": lambda b: fa02(b, 3), "fa03": fa03, "fa03_plain": lambda b: fa03(b, 1, counted=False), "fa04_lines": fa04,
    "fa04_plain": lambda b: fa04(b, lined=False), "fa05": fa05, "fa05_last": lambda b: fa05(b, 1, counted=False, total_last=True),
    "fa06_three_panels": fa06, "fa06_two_panels": lambda b: fa06(b, 2), "fa06_split_codes": lambda b: fa06(b, 2, 2), "fa07": fa07,
    "fa07_plain": lambda b: fa07(b, counted=False), "fa07_vertical": fa07_vertical,
    "fa08": fa08, "fa08_plain": lambda b: fa08(b, 3, counted=False),
    "fa09": fa09,
}  # fmt: skip
