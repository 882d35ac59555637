"""部门预算公开表: the unified form of 2021 and layouts of single provinces."""

from collections.abc import Callable
from typing import Any

from templates import (
    CLASSES,
    CODE_OF_CLASS,
    ECONOMIC,
    NAMES,
    NUMERALS,
    Amount,
    Books,
    Row,
    Table,
    code_cells,
    coded,
    function_rows,
    of,
    whole,
)
from templates_final import fa01, fa03, fa05


def b01(books: Books) -> Table:
    """收支总表 of the unified form of 2021."""
    table = fa01(books, lined=False)
    table.title, table.number = "部门收支总表", "预算01表"
    table.header = [[("收入", 2, 1), ("支出", 2, 1)], ["项目", "预算数", "项目", "预算数"]]
    names = {
        "使用非财政拨款结余（含专用结余）": "使用非财政拨款结余",
        "年初结转和结余": "上年结转结余",
        "年末结转和结余": "年终结转结余",
        "总计": "总计",
    }
    for row in table.body:
        for k, cell in enumerate(row):
            if isinstance(cell, str) and cell in names:
                row[k] = names[cell]
            if isinstance(cell, Amount) and cell.labels["item"] in names:
                row[k] = Amount(cell.hundredths, cell.labels | {"item": names[cell.labels["item"]]})
    side = {"总计": ("收入总计", "支出总计")}
    last = table.body[-1]
    for k, name in ((0, side["总计"][0]), (2, side["总计"][1])):
        last[k] = name
        last[k + 1] = Amount(last[k + 1].hundredths, last[k + 1].labels | {"item": name})
    return table


def b02_units(books: Books) -> Table:
    """收入总表 by unit: every source of the year and of what is carried over is a column."""
    year = [
        "小计",
        "一般公共预算",
        "政府性基金预算",
        "国有资本经营预算",
        "财政专户管理资金",
        "事业收入",
        "事业单位经营收入",
        "上级补助收入",
        "附属单位上缴收入",
        "其他收入",
    ]
    carried = ["小计", "一般公共预算", "政府性基金预算", "国有资本经营预算", "财政专户管理资金", "单位资金"]
    header = [
        [
            ("部门（单位）代码", 1, 2),
            ("部门（单位）名称", 1, 2),
            ("合计", 1, 2),
            ("本年收入", len(year), 1),
            ("上年结转结余", len(carried), 1),
        ],
        [*year, *carried],
    ]
    table = Table("部门收入总表", header, number="预算02表")
    g, f = sum(books.total("general")), sum(books.total("fund"))
    parts = [
        ("122", "某市某局", "subtotal", (0, 1)),
        ("122101", "某市某局本级", "detail", (0, 2)),
        ("122201", "某市某中心", "detail", (1, 2)),
    ]

    def cells(share: tuple[int, int], labels: dict[str, str]) -> Row:
        values = [(v + share[0]) // share[1] for v in (g, f, books.business, books.other)]
        income, carry = sum(values), (books.opening + share[0]) // share[1]
        sources = [
            ("general_public", values[0]),
            ("government_fund", values[1]),
            ("state_capital", 0),
            ("special_account", 0),
            ("business_income", values[2]),
            ("operating_income", 0),
            ("superior_subsidy", 0),
            ("subsidiary_remittance", 0),
            ("other_income", values[3]),
        ]
        row = of(labels, (income + carry, {"fund": "all"}), (income, {}), *[(v, {"fund": s}) for s, v in sources])
        return row + of(labels, (carry, {"fund": "carryover"}), (carry, {"fund": "carryover_general"}), *[(0, {})] * 4)

    base = {"statement": "revenue_summary", "side": "revenue", "measure": "total"}
    table.body = [["", "合计", *cells((0, 1), base | {"kind": "total", "item": "合计"})]]
    table.body += [[code, name, *cells(w, base | {"kind": kind, "agency": name, "agency_code": code})] for code, name, kind, w in parts]
    return table


def b03(books: Books, style: int = 1, title: str = "部门支出总表") -> Table:
    table = fa03(books, style, counted=False)
    table.title, table.number = title, "预算03表"
    heads = ["合计", "基本支出", "项目支出", "上缴上级支出", "事业单位经营支出", "对附属单位补助支出"]
    table.header = [[*([("科目编码", style, 1)]), ("科目名称", 1, 2 if style > 1 else 1), *[(h, 1, 2 if style > 1 else 1) for h in heads]]]
    if style > 1:
        table.header.append(["类", "款", "项"][:style])  # type: ignore[arg-type]
    return table


def b04(books: Books) -> Table:
    """财政拨款收支总表: 一、本年收入 （一） … 二、上年结转 | 一、本年支出 （一） …"""
    s = "appropriation_summary"
    general, fund = books.spent("general"), books.spent("fund")
    g, f, opening = sum(books.total("general")), sum(books.total("fund")), books.opening_general
    left = [
        ("一、本年收入", g + f, None, "subtotal"),
        ("（一）一般公共预算拨款", g, "general_public", "detail"),
        ("（二）政府性基金预算拨款", f, "government_fund", "detail"),
        ("（三）国有资本经营预算拨款", 0, "state_capital", "detail"),
        ("二、上年结转", opening, "carryover", "subtotal"),
        ("（一）一般公共预算拨款", opening, "carryover_general", "detail"),
        ("（二）政府性基金预算拨款", 0, "carryover_government_fund", "detail"),
    ]
    right = [("一、本年支出", "subtotal", (g, f), None)]
    for k, name in enumerate(CLASSES):
        code = CODE_OF_CLASS.get(name)
        right.append(
            (f"（{NUMERALS[k]}）{name}", "detail", (sum(general.get(code or "", (0, 0))), sum(fund.get(code or "", (0, 0)))), code)
        )
    right.append(("二、年终结转结余", "detail", (opening, 0), None))
    table = Table(
        "财政拨款收支总表",
        [[("收入", 2, 1), ("支出", 5, 1)], ["项目", "预算数", "项目", "合计", "一般公共预算", "政府性基金预算", "国有资本经营预算"]],
        number="预算04表",
    )
    for k, (name, kind, values, code) in enumerate(right):
        row: Row = ["", ""]
        if k < len(left):
            label, value, source, left_kind = left[k]
            row = [
                label,
                *of(
                    {"statement": s, "side": "revenue", "item": label, "kind": left_kind, "measure": "amount"}
                    | ({"fund": source} if source else {}),
                    (value, {}),
                ),
            ]
        labels = {"statement": s, "side": "expenditure", "item": name, "kind": kind, "measure": "total"} | (
            {"classification": code} if code else {}
        )
        table.body.append(
            [
                *row,
                name,
                *of(
                    labels,
                    (sum(values), {"fund": "all"}),
                    (values[0], {"fund": "general_public"}),
                    (values[1], {"fund": "government_fund"}),
                    (0, {}),
                ),
            ]
        )
    total = {"statement": s, "kind": "total"}
    table.body.append(
        [
            "收入总计",
            *of(total | {"side": "revenue", "item": "收入总计", "fund": "all", "measure": "amount"}, (g + f + opening, {})),
            "支出总计",
            *of(
                total | {"side": "expenditure", "item": "支出总计", "measure": "total"},
                (g + f + opening, {"fund": "all"}),
                (g + opening, {"fund": "general_public"}),
                (f, {"fund": "government_fund"}),
                (0, {}),
            ),
        ]
    )
    return table


def b05(books: Books, style: int = 1, total_last: bool = False) -> Table:
    """一般公共预算支出表 with 人员经费 and 公用经费 under 基本支出."""
    table = Table(
        "一般公共预算支出表",
        [
            [("科目编码", style, 1), ("科目名称", 1, 2), ("合计", 1, 2), ("基本支出", 3, 1), ("项目支出", 1, 2)],
            [*["类", "款", "项"][:style], "小计", "人员经费", "公用经费"],
        ],
        number="预算05表",
    )
    if style == 1:
        table.header = [
            [("科目编码", 1, 2), ("科目名称", 1, 2), ("合计", 1, 2), ("基本支出", 3, 1), ("项目支出", 1, 2)],
            ["小计", "人员经费", "公用经费"],
        ]
    items = {code: books.personnel * basic // books.total("general")[0] for code, (basic, _) in books.general.items()}
    items["2010301"] += books.personnel - sum(items.values())

    def columns(code: str | None, basic: int, project: int) -> list[tuple[int, dict[str, str]]]:
        personnel = sum(v for c, v in items.items() if c.startswith(code or ""))
        fund = {"fund": "general_public"}
        named = [
            (basic + project, "total"),
            (basic, "basic"),
            (personnel, "basic/personnel"),
            (basic - personnel, "basic/public"),
            (project, "project"),
        ]
        return [(value, fund | {"measure": measure}) for value, measure in named]

    table.body = function_rows(books, "general_budget_expenditure", ("general",), style, columns, total_last)
    return table


def b05_years(books: Books) -> Table:
    """一般公共预算支出表 beside the year before: 上年执行数 | 本年预算数 (小计 基本 项目) | 增减额 | 增减%."""
    header = [
        [("功能分类科目", 2, 1), ("2022年执行数", 1, 2), ("2023年预算数", 3, 1), ("2023年预算数比2022年执行数", 2, 1)],
        ["科目编码", "科目名称", "小计", "基本支出", "项目支出", "增减额", "增减%"],
    ]
    table = Table("一般公共预算支出表", header, number="预算05表")

    def columns(code: str | None, basic: int, project: int) -> list[tuple[int, dict[str, str]]]:
        fund = {"fund": "general_public"}
        before = (
            (basic + project) * 9 // 10
            if code and len(code) == 7
            else sum((sum(p) * 9 // 10) for c, p in books.general.items() if c.startswith(code or ""))
        )
        return [
            (before, fund | {"measure": "total", "period": "last_year"}),
            (basic + project, fund | {"measure": "total"}),
            (basic, fund | {"measure": "basic"}),
            (project, fund | {"measure": "project"}),
        ]

    table.body = [[*row, "", ""] for row in function_rows(books, "general_budget_expenditure", ("general",), 1, columns)]
    return table


def b06(books: Books, style: int = 1, total_last: bool = False) -> Table:
    """一般公共预算基本支出表 by economic item: 合计 | 人员经费 | 公用经费."""
    s = "general_budget_basic_by_economic"
    top: list[Any] = [("部门预算支出经济分类科目", style + 1, 1), ("本年一般公共预算基本支出", 3, 1)]
    table = Table("一般公共预算基本支出表", [top, [("科目编码", style, 1), "科目名称", "合计", "人员经费", "公用经费"]], number="预算06表")
    rows: list[Row] = []
    fund = {"fund": "general_public"}
    for code in ECONOMIC:
        value = books.economic.get(code) or sum(v for c, v in books.economic.items() if c.startswith(code))
        person = value if code[:3] in ("301", "303") else 0
        rows.append(
            [
                *code_cells(code, style),
                ECONOMIC[code],
                *of(
                    coded(s, code) | fund,
                    (value, {"measure": "total"}),
                    (person, {"measure": "basic/personnel"}),
                    (value - person, {"measure": "basic/public"}),
                ),
            ]
        )
    total: Row = [
        *[""] * style,
        "合计",
        *of(
            whole(s, "合计") | fund,
            (books.personnel + books.public, {"measure": "total"}),
            (books.personnel, {"measure": "basic/personnel"}),
            (books.public, {"measure": "basic/public"}),
        ),
    ]
    table.body = [*rows, total] if total_last else [total, *rows]
    return table


def b07_units(books: Books) -> Table:
    """“三公”经费 by unit, one row a unit."""
    s = "three_public"
    header = [
        [
            ("单位编码", 1, 2),
            ("单位名称", 1, 2),
            ("“三公”经费合计", 1, 2),
            ("因公出国（境）费用", 1, 2),
            ("公务用车购置及运行费", 3, 1),
            ("公务接待费", 1, 2),
        ],
        ["小计", "公务用车购置费", "公务用车运行费"],
    ]
    table = Table("一般公共预算“三公”经费支出表", header, number="预算07表")
    v = books.three
    car = v["buy"] + v["run"]
    cells = [
        ("“三公”经费合计", sum(v.values()), "total"),
        ("因公出国（境）费用", v["trip"], "detail"),
        ("公务用车购置及运行费", car, "subtotal"),
        ("公务用车购置费", v["buy"], "detail"),
        ("公务用车运行费", v["run"], "detail"),
        ("公务接待费", v["meal"], "detail"),
    ]
    base = {"statement": s, "side": "expenditure", "measure": "amount", "fund": "general_public"}
    table.body = [["122101", "某市某局本级", *[Amount(value, base | {"item": item, "kind": kind}) for item, value, kind in cells]]]
    return table


def b08(books: Books) -> Table:
    table = Table(
        "政府性基金预算支出表",
        [[("科目编码", 1, 2), ("科目名称", 1, 2), ("本年政府性基金预算支出", 3, 1)], ["合计", "基本支出", "项目支出"]],
        number="预算08表",
    )

    def columns(code: str | None, basic: int, project: int) -> list[tuple[int, dict[str, str]]]:
        fund = {"fund": "government_fund"}
        return [
            (basic + project, fund | {"measure": "total"}),
            (basic, fund | {"measure": "basic"}),
            (project, fund | {"measure": "project"}),
        ]

    table.body = function_rows(books, "government_fund_expenditure", ("fund",), 1, columns)
    return table


def s_units(books: Books) -> Table:
    """部门支出总表 of Sichuan: 类 | 款 | 项 | 单位代码 | 单位名称（科目), unit rows above their items."""
    s = "expenditure_summary"
    header = [
        [
            ("科目编码", 3, 1),
            ("单位代码", 1, 2),
            ("单位名称（科目）", 1, 2),
            ("合计", 1, 2),
            ("基本支出", 1, 2),
            ("项目支出", 1, 2),
            ("上缴上级支出", 1, 2),
            ("对附属单位补助支出", 1, 2),
        ],
        ["类", "款", "项"],
    ]
    table = Table("部门支出总表", header, number="表1-2")
    basic, project = books.total("general", "fund", "own")
    zero = [(0, {})] * 2

    def cells(a: int, b: int, labels: dict[str, str]) -> Row:
        return of(
            labels | {"statement": s, "side": "expenditure", "fund": "all"},
            (a + b, {"measure": "total"}),
            (a, {"measure": "basic"}),
            (b, {"measure": "project"}),
            *zero,
        )

    table.body = [
        ["", "", "", "", "合计", *cells(basic, project, {"kind": "total", "item": "合计"})],
        ["", "", "", "301", "某市某局", *cells(basic, project, {"kind": "subtotal", "agency": "某市某局"})],
        ["", "", "", "301001", "某市某局机关", *cells(basic, project, {"kind": "subtotal", "agency": "某市某局机关"})],
    ]
    for code, (a, b) in books.spent("general", "fund", "own").items():
        if len(code) == 7:
            table.body.append([*code_cells(code, 3), "301001", NAMES[code], *cells(a, b, {"kind": "detail", "classification": code})])
    return table


def g_bracketed(books: Books) -> Table:
    """一般公共预算支出情况表（按功能分类科目） of Guangdong: [2010301]行政运行 in one column, 万元 with two decimals."""
    table = fa05(books, 1, counted=False)
    table.title, table.number = "一般公共预算支出情况表（按功能分类科目）", "表5"
    table.header = [[("功能科目名称", 1, 2), ("一般公共预算支出", 3, 1)], ["合计", "基本支出", "项目支出"]]
    table.body = [[f"[{row[0]}]{row[1]}" if row[0] else row[1], *row[2:]] for row in table.body]
    return table


def z_pairs(books: Books) -> Table:
    """一般公共预算支出表 whose code and name share a cell, classes not indented: 201一般公共服务支出."""
    table = fa05(books, 1, counted=False)
    table.title, table.number = "一般公共预算支出表", "表6"
    table.header = [["功能分类科目", "合计", "基本支出", "项目支出"]]
    table.body = [[f"{row[0]} {row[1]}".strip(), *row[2:]] for row in table.body]
    return table


def names_only(books: Books) -> Table:
    """一般公共预算基本支出 by names without codes, classes and items told by the reference lists."""
    table = b06(books)
    table.title = "一般公共预算基本支出情况表"
    table.header = [["经济分类科目名称", "合计", "人员经费", "公用经费"]]
    table.body = [row[1:] for row in table.body]
    return table


def s_names(books: Books) -> Table:
    """The same with units that print no code: their names head their items."""
    table = s_units(books)
    whole, _, own, *items = table.body
    owner = {"agency": "某市某局机关"}
    table.body = [
        whole,
        ["", "", "", "", *own[4:]],
        *[[*(Amount(c.hundredths, c.labels | owner) if isinstance(c, Amount) else c for c in row)] for row in items],
    ]
    return table


def g_kinds(books: Books) -> Table:
    """一般公共预算项目支出情况表（按支出经济分类科目) of Guangdong: [30201]办公费 in one column."""
    s = "general_budget_project_by_economic"
    table = Table("一般公共预算项目支出情况表（按支出经济分类科目）", [["支出经济科目", "2023年预算"]], number="表7")
    items = {"30201": books.economic["30201"], "30227": books.business, "31002": books.economic["31002"]}
    names = {"302": "商品和服务支出", "30201": "办公费", "30227": "委托业务费", "310": "资本性支出", "31002": "办公设备购置"}
    table.body = [["合计", *of(whole(s, "合计"), (sum(items.values()), {}))]]
    for code, name in names.items():
        amount = sum(value for item, value in items.items() if item.startswith(code))
        table.body.append([f"[{code}]{name}", *of(coded(s, code), (amount, {}))])
    return table


def g_sources(books: Books) -> Table:
    """财政拨款收支总体情况表 of Guangdong: 国有资本经营预算 and 其他资金 as sources of revenue."""
    s = "appropriation_summary"
    general, fund = books.spent("general"), books.spent("fund")
    classes = [code for code in {**general, **fund} if len(code) == 3]
    sources = [("一、一般公共预算", "general_public"), ("二、政府性基金预算", "government_fund"), ("三、国有资本经营预算", "state_capital")]
    income = [sum(books.total("general")), sum(books.total("fund")), books.other]
    spent = [sum(general.get(code, (0, 0))) + sum(fund.get(code, (0, 0))) for code in classes]
    spent[0] += books.other
    header = [[("收入", 2, 1), ("支出", 2, 1)], ["项目", "2023年预算", "项目", "2023年预算"]]
    table = Table("财政拨款收支总体情况表", header, number="表4")
    for k, (code, value) in enumerate(zip(classes, spent, strict=True)):
        row: Row = ["", ""]
        if k < len(sources):
            name, source = sources[k]
            labels = {"statement": s, "side": "revenue", "item": name, "fund": source, "kind": "detail"}
            row = [name, *of(labels, (income[k], {}))]
        labels = {"statement": s, "side": "expenditure", "classification": code, "kind": "detail"}
        table.body.append([*row, f"{NUMERALS[k]}、{NAMES[code]}", *of(labels, (value, {}))])
    totals = [{"side": side, "item": name} for side, name in (("revenue", "本年收入合计"), ("expenditure", "本年支出合计"))]
    left, right = (of({"statement": s, "kind": "total", "fund": "all"} | labels, (sum(income), {})) for labels in totals)
    table.body.append(["本年收入合计", *left, "本年支出合计", *right])
    return table


def h_wages(books: Books) -> Table:
    """一般公共预算基本支出预算明细表—工资福利支出 of Hunan: economic items as headings, units as rows."""
    s = "general_budget_basic_by_economic"
    heads = {"基本工资": "30101", "津贴补贴": "30102", "奖金": "30103", "基本养老保险缴费": "30108"}
    header = [
        [("单位编码", 1, 2), ("单位名称（科目）", 1, 2), ("总计", 1, 2), ("工资津补贴", 4, 1), ("社会保障缴费", 1, 1)],
        ["合计", "基本工资", "津贴补贴", "奖金", "基本养老保险缴费"],
    ]
    table = Table("一般公共预算基本支出预算明细表—工资福利支出（按部门预算经济分类）", header, number="表09")
    values = [books.economic[code] for code in heads.values()]
    labels = {"statement": s, "side": "expenditure", "fund": "general_public", "measure": "amount"}
    cells = [(sum(values), {"item": "总计", "kind": "total"}), (sum(values[:3]), {"item": "工资津补贴", "kind": "subtotal"})]
    cells += [(value, {"item": head, "kind": "detail"}) for head, value in zip(heads, values, strict=True)]
    for code, name in (("", "合计"), ("018", "某市某局"), ("018001", "某市某局本级")):
        table.body.append([code, name, *of(labels | ({"agency": name} if code else {}), *cells)])
    return table


def p_units(books: Books) -> Table:
    """项目支出表 whose every row prints its unit's code and name beside the project's."""
    s = "project_expenditure"
    table = Table("项目支出表", [["单位编码", "单位名称", "项目编码", "项目名称", "合计", "一般公共预算", "政府性基金预算"]], number="表9")
    money = [(books.general["2010302"][1], 0), (0, books.fund["2120899"][1])]
    units = [("122101", "某市某局本级", "5101", "档案数字化"), ("122201", "某市某中心", "5102", "道路维修")]

    def cells(general: int, fund: int, labels: dict[str, str]) -> Row:
        labels = labels | {"statement": s, "side": "expenditure", "measure": "total"}
        return of(labels, (general + fund, {"fund": "all"}), (general, {"fund": "general_public"}), (fund, {"fund": "government_fund"}))

    table.body = [["", "合计", "", "", *cells(money[0][0], money[1][1], {"kind": "total", "item": "合计"})]]
    for (code, name, number, project), (general, fund) in zip(units, money, strict=True):
        labels = {"kind": "detail", "agency": name, "agency_code": code, "project": project}
        table.body.append([code, name, number, project, *cells(general, fund, labels)])
    return table


def y_items(books: Books) -> Table:
    """基本支出预算表（人员类、运转类公用经费项目） of Yunnan: codes of function and of economic item side by side on every row."""
    s = "general_budget_basic_detail"
    heads = ["单位名称", "项目代码", "项目名称", "功能科目编码", "功能科目名称", "经济科目编码", "经济科目名称"]
    header = [[*[(head, 1, 2) for head in heads], ("资金来源", 2, 1)], ["总计", "一般公共预算"]]
    table = Table("基本支出预算表（人员类、运转类公用经费项目）", header, number="预算04表")
    projects = {"30101": "行政人员工资支出", "30102": "行政人员工资支出", "30201": "一般公用经费", "30211": "一般公用经费"}

    def cells(value: int, labels: dict[str, str]) -> Row:
        labels = labels | {"statement": s, "side": "expenditure", "measure": "total"}
        return of(labels, (value, {"fund": "all"}), (value, {"fund": "general_public"}))

    for k, (code, project) in enumerate(projects.items()):
        labels = {"kind": "detail", "project": project, "classification": "2010301", "economic": code, "agency": "某市某局本级"}
        number = f"5301112100000000{k:02}"
        row = ["某市某局本级", number, project, "2010301", NAMES["2010301"], code, ECONOMIC[code]]
        table.body.append([*row, *cells(books.economic[code], labels)])
    whole_money = sum(books.economic[code] for code in projects)
    table.body.append(["合计", *[""] * 6, *cells(whole_money, {"kind": "total", "item": "合计"})])
    return table


def v_codes(books: Books) -> Table:
    """部门支出预算表 by the economic classes of governments alone: 501 above 50101."""
    s = "expenditure_by_economic"
    heads = ["政府预算支出经济分类科目编码", "政府预算支出经济分类科目名称", "合计", "基本支出", "项目支出"]
    table = Table("支出预算表（按政府预算支出经济分类）", [heads], number="表4")
    names = {
        "501": "机关工资福利支出", "50101": "工资奖金津补贴", "50102": "社会保障缴费", "502": "机关商品和服务支出", "50201": "办公经费"
    }  # fmt: skip
    e = books.economic
    money = {"50101": (e["30101"] + e["30102"], 0), "50102": (e["30108"], 0), "50201": (e["30201"], books.business)}

    def cells(prefix: str, labels: dict[str, str]) -> Row:
        basic, project = (sum(pair[k] for code, pair in money.items() if code.startswith(prefix)) for k in (0, 1))
        labels = labels | {"statement": s, "side": "expenditure", "fund": "all"}
        return of(labels, (basic + project, {"measure": "total"}), (basic, {"measure": "basic"}), (project, {"measure": "project"}))

    table.body = [["", "合计", *cells("5", {"kind": "total", "item": "合计"})]]
    for code, name in names.items():
        kind = "subtotal" if len(code) == 3 else "detail"
        table.body.append([code, name, *cells(code, {"kind": kind, "government": code})])
    return table


def hospital(books: Books) -> Table:
    """收入总表 of a public hospital: its fees beside the sources of 财政拨款收入, whose 小计 stands under the heading of the group."""
    heads = [("科目编码", 1, 2), ("科目名称", 1, 2), ("合计", 1, 2), ("财政拨款收入", 3, 1), ("事业收入", 1, 2), ("其他收入", 1, 2)]
    table = Table("单位收入总表", [heads, ["小计", "一般公共预算拨款收入", "政府性基金预算拨款收入"]], number="公开表2")
    names = {**NAMES, "21002": "公立医院", "2100201": "综合医院"}
    items = {"2100201": (500_000, 8_765_432, 1_234), "2080505": (331_200, 0, 0), "2210201": (201_011, 45_000, 0)}
    codes = sorted({item[:digits] for item in items for digits in (3, 5, 7)})

    def cells(prefix: str, labels: dict[str, str]) -> Row:
        paid, fees, other = (sum(money[k] for item, money in items.items() if item.startswith(prefix)) for k in range(3))
        funds = [(paid + fees + other, "all"), (paid, "financial"), (paid, "general_public"), (0, "government_fund")]
        funds += [(fees, "business_income"), (other, "other_income")]
        labels = labels | {"statement": "revenue_summary", "side": "revenue", "measure": "total"}
        return of(labels, *[(value, {"fund": fund}) for value, fund in funds])

    table.body = [["", "合计", *cells("", {"kind": "total", "item": "合计"})]]
    for code in codes:
        kind = "detail" if len(code) == 7 else "subtotal"
        table.body.append([code, names[code], *cells(code, {"kind": kind, "classification": code})])
    return table


def township_purchases(books: Books) -> Table:
    """政府采购预算表 of a township: each row names its unit, its project and what is bought."""
    heads = [(head, 1, 2) for head in ("单位名称", "采购项目", "采购品目", "数量", "计量单位")]
    sources = ["合计", "一般公共预算", "政府性基金预算", "单位资金"]
    table = Table("政府采购预算表", [[*heads, ("采购金额", 4, 1)], sources], number="公开表12")
    bought = [
        ("某镇人民政府", "办公设备购置", "台式计算机", "10", "台", 5_000, 0),
        ("某镇人民政府", "办公设备购置", "打印机", "2", "台", 600, 0),
        ("某镇中心小学", "校园安保服务", "物业管理服务", "1", "项", 0, 12_800),
    ]

    def cells(general: int, own: int, labels: dict[str, str]) -> Row:
        labels = labels | {"statement": "government_procurement", "side": "expenditure", "measure": "total"}
        funds = [(general + own, "all"), (general, "general_public"), (0, "government_fund"), (own, "unit_funds")]
        return of(labels, *[(value, {"fund": fund}) for value, fund in funds])

    table.body = [["合计", "", "", "", "", *cells(5_600, 12_800, {"kind": "total", "item": "合计"})]]
    for agency, project, thing, count, unit, general, own in bought:
        labels = {"kind": "detail", "agency": agency, "project": project}
        table.body.append([agency, project, thing, count, unit, *cells(general, own, labels)])
    return table


BUDGET: dict[str, Callable[[Books], Table]] = {
    "b01": b01, "b02_units": b02_units, "b03": b03, "b03_three": lambda b: b03(b, 3), "b04": b04,
    "b05": b05,
    "b05_three_last": lambda b: b05(b, 3, True),
    "b05_years": b05_years, "b06": b06, "b06_two_last": lambda b: b06(b, 2, True), "b07_units": b07_units, "b08": b08, "s_units": s_units,
    "g_bracketed": g_bracketed, "z_pairs": z_pairs, "names_only": names_only,
    "s_names": s_names, "g_kinds": g_kinds, "g_sources": g_sources, "h_wages": h_wages,
    "p_units": p_units, "y_items": y_items, "v_codes": v_codes,
    "hospital": hospital, "township_purchases": township_purchases,
}  # fmt: skip
