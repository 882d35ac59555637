"""Performance targets: every printed target of the founding texts, and of the same facts in other layouts.

The counts and rows were read from the printed texts by a person.
"""

from decimal import Decimal

import polars as pl
import pytest

from founding import parse_founding, parse_texts
from yusuan.parsing import Parsed

# Targets per table. 001 prints 2 in one cell once (≥99% ≥90%).
PRINTED = {
    "000": {10: 10},
    "001": {10: 30, 11: 60},
    "002": {14: 12, 15: 12, 16: 12, 17: 50, 18: 8, 19: 12, 20: 12, 21: 12},
    "003": {11: 7, 12: 9, 13: 10, 14: 8, 15: 9},
    "004": {9: 4, 10: 6, 11: 6, 12: 4, 13: 6, 14: 3, 15: 2},
}
WHAT = ["level_1", "level_2", "indicator_name", "operator", "value", "unit", "period"]
ASKED = ["indicator_name", "operator", "value", "unit"]


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    return parse_founding()


def printed_at(parsed: Parsed, document: str, line: int, *columns: str) -> list[tuple]:
    some = parsed.targets.filter(pl.col("document_id") == document, pl.col("line") == line)
    return some.sort("column_number", "part").select(columns).rows()


@pytest.mark.parametrize("document", PRINTED)
def test_every_printed_target_is_found_once(parsed: Parsed, document):
    targets = parsed.targets.filter(pl.col("document_id") == document)

    counts = dict(targets.group_by("table_number").len().rows())
    assert counts == PRINTED[document]
    assert targets["target_id"].is_unique().all()


@pytest.mark.parametrize("document", PRINTED)
def test_no_text_that_looks_like_a_target_is_left_over(parsed: Parsed, document):
    """Texts with a sign of comparison stand in grids only as targets, but for 上年完成值 in the sixth column of the forms of 003."""
    grids = parsed.targets.filter(pl.col("document_id") == document).select("document_id", "table_number").unique()
    cells = parsed.cells.join(grids, on=["document_id", "table_number"], how="semi")
    signed = cells.filter(
        pl.col("text").str.contains(r"^\s*(?:≥|≤|>|<|=|\$\\geq)"), ~((document == "003") & (pl.col("column_number") == 6))
    )

    left = signed.join(parsed.targets, on=["document_id", "table_number", "row_number", "column_number"], how="anti")
    assert left.filter(pl.col("text").str.strip_chars() != "")["text"].to_list() == []


@pytest.mark.parametrize(
    ("document", "line", "expected"),
    [
        ("001", 502, [("投入管理指标", "预算和财务管理", "预算执行率", "≥", Decimal(95), "%", "this_year")]),
        ("001", 522, [("产出指标", "履职目标实现", "系统维护时限", "≤", Decimal(24), "小时/工作日", "this_year")]),
        ("001", 520, [("产出指标", "重点工作任务完成", "市直单位上云业务系统数量", "≥", Decimal(275), "个", "this_year")]),
        ("001", 507, [("投入管理指标", "预算和财务管理", "决算真实性", "qualitative", None, None, "this_year")]),
        ("003", 2225, [("成本指标", "经济成本指标", "人均运转经费数", "≤", Decimal("16.5"), "元/天", "this_year")]),
        ("003", 2515, []),
        ("003", 2731, [("成本指标", "生态环境成本指标", "办公区域维修", "≤", Decimal("2.67"), "万元", "this_year")]),
        (
            "002",
            645,
            [
                ("产出指标", "成本指标", "印刷成本费用", "≤", Decimal(46), "万元", "whole_period"),
                ("产出指标", "成本指标", "印刷成本费用", "≤", Decimal(46), "万元", "this_year"),
            ],
        ),
        (
            "004",
            313,
            [
                ("产出指标", "成本指标", "市政府系统网站集约化平台运维费成本", "≤", Decimal(338), "万元", "this_year"),
                ("产出指标", "成本指标", "市政府系统网站集约化平台运维费成本", "≤", Decimal(338), "万元", "whole_period"),
            ],
        ),
        ("004", 364, [("效果指标", "满意度指标", "政府院内工作人员抽样调查满意度", "≥", Decimal(95), "%", "this_year")]),
        ("004", 391, [("产出指标", "质量指标", "平台1.0版本安全平稳运行率", "=", Decimal(100), "%", "this_year")]),
    ],
)
def test_a_target_has_its_levels_operator_value_unit_and_period(parsed: Parsed, document, line, expected):
    assert printed_at(parsed, document, line, *WHAT) == expected


def test_a_wide_grid_gives_each_panel_the_kind_above_it(parsed: Parsed):
    found = printed_at(parsed, "001", 567, "level_1", *ASKED)

    assert found == [
        ("成本指标", "系统维护成本", "≤", Decimal(15), "万元"),
        ("产出指标", "平台(系统)维护数量", "≥", Decimal(1), "套"),
        ("效益指标", "对工作效率、管理和决策支持的改善或提升程度", "qualitative", None, None),
        ("满意度指标", "直接服务对象满意度", "≥", Decimal(95), "%"),
    ]


def test_cells_that_a_page_break_cut_are_whole_again_and_say_so(parsed: Parsed):
    found = printed_at(parsed, "000", 385, "indicator_name", "target_printed", "repair")

    assert found == [
        ("信息公开条数", "≥140 条", "joined_pieces"),
        ("对工作效率、管理和决策支持的改善或提升程度", "明显", "joined_pieces"),
        ("直接服务对象满意度", "≥90 %", "joined_pieces"),
    ]


def test_two_comparisons_in_one_cell_are_two_targets(parsed: Parsed):
    found = printed_at(parsed, "001", 546, "indicator_name", "part", "value")[-2:]

    assert found == [("办事群众满意度", 1, Decimal(99)), ("办事群众满意度", 2, Decimal(90))]


@pytest.mark.parametrize(
    ("document", "line", "agency", "project", "money"),
    [
        ("001", 502, "政务服务和大数据局", None, "10743300.00"),
        ("001", 571, "焦作市外来投资服务中心", "招商接洽工作经费", "17300.00"),
        ("000", 393, "焦作市人民政府电子政务管理中心(焦作市云计算服务中心)", "信息采集加工", "8000.00"),
        ("002", 557, "大同市云冈区政府信息中心", "OA协同办公系统和门户网站运维费", "1370000.00"),
        ("003", 2671, "昌吉回族自治州人民政府电子政务办公室", "网站改版及办公区域维修结转项目", "506700.00"),
        ("004", 345, "吉林市政务信息中心", "网络安全审计费", "25000.00"),
    ],
)
def test_a_target_knows_agency_project_and_money_of_its_form(parsed: Parsed, document, line, agency, project, money):
    found = set(printed_at(parsed, document, line, "agency_name", "project_name", "form_money_yuan"))

    assert found == {(agency, project, Decimal(money))}


def test_a_form_for_two_periods_has_the_money_of_each(parsed: Parsed):
    found = printed_at(parsed, "004", 295, "period", "form_money_yuan")

    assert found == [("this_year", Decimal("8400000.00")), ("whole_period", Decimal("28000000.00"))]


# --- the same facts in other layouts ----------------------------------------------------------------------------------

FACTS = [
    ("产出指标", "数量指标", "培训场次", "≥12场"),
    ("产出指标", "数量指标", "培训人数", "不少于300人"),
    ("产出指标", "质量指标", "合格率", "95%以上"),
    ("产出指标", "时效指标", "完成时间", "2026年12月底前"),
    ("产出指标", "成本指标", "培训成本", "≤15.5万元"),
    ("效益指标", "社会效益指标", "服务能力", "逐步提升"),
    ("满意度指标", "服务对象满意度指标", "学员满意度", ">90%"),
]
EXPECTED = [
    ("产出指标", "数量指标", "培训场次", "≥", Decimal(12), "场"),
    ("产出指标", "数量指标", "培训人数", "≥", Decimal(300), "人"),
    ("产出指标", "质量指标", "合格率", "≥", Decimal(95), "%"),
    ("产出指标", "时效指标", "完成时间", "qualitative", None, None),
    ("产出指标", "成本指标", "培训成本", "≤", Decimal("15.5"), "万元"),
    ("效益指标", "社会效益指标", "服务能力", "qualitative", None, None),
    ("满意度指标", "服务对象满意度指标", "学员满意度", ">", Decimal(90), "%"),
]
HEAD = "某市测试局\n2026年度部门预算\n\n项目支出绩效目标表\n\n"
FORM = "项目名称\t培训项目\t\t\n项目资金（万元）\t资金总额\t15.50\t\n"
HEADINGS = ["一级指标", "二级指标", "三级指标", "指标值"]


def rows_of(order: list[int], blank_merged: bool = True) -> list[list[str]]:
    """The facts with their columns in this order; merged cells print in their first row only."""
    rows = []
    before: tuple[str, ...] = ("", "", "", "")
    for fact in FACTS:
        first, second = fact[0] != before[0], fact[:2] != before[:2]
        shown = [fact[0] if first or not blank_merged else "", fact[1] if second or not blank_merged else "", fact[2], fact[3]]
        rows.append([shown[k] for k in order])
        before = fact
    return rows


def grid(*rows: list[str]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def vertical(order: list[int], **how) -> str:
    return HEAD + FORM + grid([HEADINGS[k] for k in order], *rows_of(order, **how))


def one_cell_per_line() -> str:
    rows = [["项目名称", "培训项目"], ["项目资金（万元）", "资金总额", "15.50"], HEADINGS, *rows_of([0, 1, 2, 3])]
    return HEAD + "\n\n".join("\n".join("\t" + cell for cell in row) for row in rows) + "\n"


def split_columns() -> str:
    """指标性质 | 指标值 | 计量单位 in columns of their own."""
    split = [("≥", "12", "场"), ("≥", "300", "人"), ("≥", "95", "%"), ("定性", "2026年12月底前", ""), ("≤", "15.5", "万元"),
             ("定性", "逐步提升", ""), (">", "90", "%")]  # fmt: skip
    rows = [[*row[:3], *parts] for row, parts in zip(rows_of([0, 1, 2, 3]), split, strict=True)]
    return HEAD + FORM + grid(["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "计量单位"], *rows)


def split_below_one_heading() -> str:
    """绩效目标值 over 符号 | 指标值 | 计量单位."""
    text = split_columns()
    old = "一级指标\t二级指标\t三级指标\t指标性质\t指标值\t计量单位\n"
    return text.replace(old, "一级指标\t二级指标\t三级指标\t绩效指标值\t\t\n\t\t\t符号\t指标值\t计量单位\n")


def explained() -> str:
    rows = [[*row, "按合同和台账核定，依据有关管理办法执行。"] for row in rows_of([0, 1, 2, 3])]
    return HEAD + FORM + grid([*HEADINGS, "指标值说明"], *rows)


def lost_cells() -> str:
    """A conversion that drops the empty cells of merged levels, so that rows move to the left."""
    rows = [[cell for cell in row if cell] for row in rows_of([0, 1, 2, 3])]
    return HEAD + FORM + grid(HEADINGS, *rows)


def page_break() -> str:
    """The header comes again on the next page."""
    rows = rows_of([0, 1, 2, 3])
    return HEAD + FORM + grid(HEADINGS, *rows[:3]) + "\n" + grid(HEADINGS, *rows[3:])


def signed_off() -> str:
    return vertical([0, 1, 2, 3]) + grid(["负责人：", "张三", "填报日期：", "20260101"], ["其他需要说明的问题", "无", "", ""])


def with_points() -> str:
    """产出指标（50分）, a sidebar, and the headings of other governments."""
    rows = [["", *row, "按合同和台账核定，依据有关管理办法执行。"] for row in rows_of([0, 1, 2, 3])]
    rows[0][1] = "产出指标（50分）"
    return HEAD + FORM + grid(["绩效指标", *HEADINGS[:3], "本年度绩效指标值", "备注说明"], *rows)


def names_under_another_heading() -> str:
    return vertical([0, 1, 2, 3]).replace("三级指标", "绩效内容")


def projects_in_a_column() -> str:
    """One grid for all projects of a unit, each named in the first row of its indicators."""
    rows = [["", "", *row] for row in rows_of([0, 1, 2, 3])]
    rows[0][:2] = ["培训项目", "15.50"]
    head = HEAD.replace("项目支出绩效目标表", "项目支出绩效目标表\n\n单位：万元")
    return head + grid(["项目名称", "资金总额", *HEADINGS], *rows)


LAYOUTS = {
    "merged levels": vertical([0, 1, 2, 3]),
    "levels repeated": vertical([0, 1, 2, 3], blank_merged=False),
    "target before name": vertical([0, 1, 3, 2]),
    "target first": vertical([3, 2, 1, 0]),
    "one cell per line": one_cell_per_line(),
    "operator and unit split off": split_columns(),
    "split below one heading": split_below_one_heading(),
    "explanations": explained(),
    "cells lost": lost_cells(),
    "header again after a page break": page_break(),
    "signed off": signed_off(),
    "points beside levels": with_points(),
    "names under another heading": names_under_another_heading(),
    "projects in a column": projects_in_a_column(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_changes_no_target(layout):
    parsed = parse_texts({"d": LAYOUTS[layout]})

    assert parsed.targets.select("level_1", "level_2", *ASKED).rows() == EXPECTED
    assert set(parsed.targets.select("project_name", "form_money_yuan").rows()) == {("培训项目", Decimal("155000.00"))}


def test_two_forms_in_one_grid_keep_their_projects_and_levels_apart():
    first = FORM + grid(HEADINGS, *rows_of([0, 1, 2, 3]))
    second = FORM.replace("培训", "宣传").replace("15.50", "2.00") + grid(HEADINGS, ["", "数量指标", "宣传次数", "3次"])

    targets = parse_texts({"d": HEAD + first + second}).targets
    assert targets.select("project_name", "level_1").rows() == [*(("培训项目", fact[0]) for fact in FACTS), ("宣传项目", None)]


def test_a_form_whose_upper_part_is_a_grid_of_its_own_keeps_its_project():
    upper = grid(["项目名称", "培训项目"], ["项目资金（万元）", "资金总额", "15.50"])
    lower = grid([*HEADINGS, "分值", "备注说明"], *([*row, "10", ""] for row in rows_of([0, 1, 2, 3])))

    targets = parse_texts({"d": HEAD + upper + "\n" + lower}).targets
    assert targets.select("project_name", "form_money_yuan").unique().rows() == [("培训项目", Decimal("155000.00"))]


def test_projects_in_a_column_without_money_name_the_targets_below_them():
    rows = [["", "绩效目标一", *row] for row in rows_of([0, 1, 2, 3])]
    rows[0][0], rows[5][0] = "培训项目", "宣传项目"
    text = HEAD + grid(["项目名称", "年度目标", *HEADINGS], *rows)

    assert parse_texts({"d": text}).targets["project_name"].to_list() == ["培训项目"] * 5 + ["宣传项目"] * 2


def test_two_targets_for_one_name_have_their_periods():
    rows = [[*row, row[3]] for row in rows_of([0, 1, 2, 3])]
    text = HEAD + FORM + grid(["一级指标", "二级指标", "三级指标", "实施期指标值", "年度指标值"], *rows)

    targets = parse_texts({"d": text}).targets
    assert targets["period"].to_list() == ["whole_period", "this_year"] * len(FACTS)
    assert targets.filter(pl.col("period") == "this_year").select("level_1", "level_2", *ASKED).rows() == EXPECTED


SELF_EVALUATION = """某市测试局
2026年度部门决算

附件：2026年度项目支出绩效自评表

项目名称\t培训项目
项目资金（万元）\t\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分
\t年度资金总额\t30.00\t32.00\t31.04\t10\t97.00%\t9.7
\t其中：当年财政拨款\t30.00\t30.00\t29.04\t—\t96.80%\t—
\t其他资金\t0.00\t2.00\t2.00\t—\t100%\t—
一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析
产出指标\t数量指标\t培训场次\t≥12场\t13场\t50\t50\t
\t质量指标\t合格率\t≥95%\t93%\t40\t39.2\t请假较多
总分\t\t\t\t\t100\t98.9\t
"""


def test_a_self_evaluation_prints_budget_and_accounts_in_columns():
    parsed = parse_texts({"d": SELF_EVALUATION})

    found = parsed.amounts.select("line_item", "period", "fund_source", "amount_yuan").rows()
    assert found == [
        (name, period, fund, Decimal(f"{amount}00.00"))
        for name, fund, amounts in (
            ("年度资金总额", "all", (3000, 3200, 3104)),
            ("其中：当年财政拨款", "financial", (3000, 3000, 2904)),
            ("其他资金", "other", (0, 200, 200)),
        )
        for period, amount in zip(("budget", "whole_period", "final_accounts"), amounts, strict=True)
    ]
    assert parsed.amounts["statement"].unique().to_list() == ["project_performance"]
    sums = parsed.identities.filter(pl.col("check_id") == "item_sum.form")
    assert sums["verdict"].to_list() == ["holds"] * 3
    # What was reached, weights and scores are no targets.
    assert parsed.targets.select("indicator_name", "operator", "value").rows() == [
        ("培训场次", "≥", Decimal(12)), ("合格率", "≥", Decimal(95))
    ]  # fmt: skip


def test_a_wrong_sum_of_what_was_spent_is_told():
    parsed = parse_texts({"d": SELF_EVALUATION.replace("29.04", "28.04")})

    assert sorted(parsed.identities.filter(pl.col("check_id") == "item_sum.form")["verdict"]) == ["contradicted", "holds", "holds"]


def test_a_grid_without_a_column_of_targets_has_none():
    text = HEAD + grid(["一级指标", "二级指标", "三级指标"], ["产出指标", "数量指标", "培训场次"])

    assert parse_texts({"d": text}).targets.is_empty()


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("≥90%", ("≥", Decimal(90), "%")),
        ("$\\geq 90\\%$", ("≥", Decimal(90), "%")),
        ("＞＝90％", ("≥", Decimal(90), "%")),
        ("不低于90%", ("≥", Decimal(90), "%")),
        ("不超过2小时", ("≤", Decimal(2), "小时")),
        ("24小时内", ("≤", Decimal(24), "小时")),
        ("100", ("=", Decimal(100), None)),
        ("=1,592.14万元", ("=", Decimal("1592.14"), "万元")),
        ("小于10%", ("<", Decimal(10), "%")),
        ("36377.3平方米", ("=", Decimal("36377.3"), "平方米")),
        ("857台（套）", ("=", Decimal(857), "台(套)")),
        ("≥120㎡", ("≥", Decimal(120), "m2")),
        ("不超过450元/人·天", ("≤", Decimal(450), "元/人·天")),
        ("优", ("qualitative", None, None)),
        ("2026年12月底前", ("qualitative", None, None)),
        ("2022年1月-6月", ("qualitative", None, None)),
        ("12月底", ("qualitative", None, None)),
        ("显著提升", ("qualitative", None, None)),
    ],
)
def test_a_value_is_read_by_its_grammar(target, expected):
    text = HEAD + FORM + grid(HEADINGS, ["产出指标", "数量指标", "某指标", target])

    assert parse_texts({"d": text}).targets.select("operator", "value", "unit").rows() == [expected]


def test_the_end_of_a_lost_name_is_not_joined_to_a_name_that_goes_on_otherwise() -> None:
    """000 prints 和获得感, the end of a name of a lost row, below 对工作效率、管理和决策支持的改, which line 385 prints whole."""
    names = parse_founding("000").targets.filter(pl.col("indicator_name").str.starts_with("对工作效率")).sort("line")

    assert names.select("line", "indicator_name").rows() == [
        (385, "对工作效率、管理和决策支持的改善或提升程度"),
        (390, "对工作效率、管理和决策支持的改"),
    ]
