"""Tables beside the usual ones: those that count things beside their money (财决公开10表), those of no known statement."""

from decimal import Decimal

import polars as pl

from founding import parse_texts

COUNTS = """石家庄市水利局2018年度部门决算

“三公”经费及机关运行经费支出情况表
单位：万元
\t项目\t行次\t统计数
\t一、“三公”经费支出合计\t1\t18.60
\t1.因公出国（境）费\t2\t0.00
\t2.公务用车运行维护费\t3\t16.10
\t3.公务接待费\t4\t2.50
\t二、车辆数合计（辆）\t5\t8
\t1.机要通信用车\t6\t2
\t2.其他用车\t7\t6
\t三、国内公务接待人次（人）\t8\t288
\t四、会议费（含线上）\t9\t3.00
"""


def test_what_is_counted_in_a_table_of_money_is_no_money():
    amounts = parse_texts({"d": COUNTS}).amounts

    assert amounts["amount_yuan"].to_list() == [Decimal(n) for n in (186_000, 0, 161_000, 25_000, 30_000)]


def test_a_column_that_counts_is_no_money():
    text = COUNTS.replace("统计数", "金额\t车辆数").replace("18.60", "18.60\t8")

    amounts = parse_texts({"d": text}).amounts

    assert amounts.filter(pl.col("amount_printed") == "8").is_empty()
    assert amounts["amount_yuan"].sum() == 402_000


def test_a_titled_table_of_no_known_statement_keeps_its_title_and_is_not_guessed_at():
    text = (
        "石家庄市水利局2024年部门预算\n\n政府购买服务预算表\n单位：万元\n"
        "\t单位名称\t购买服务项目名称\t资金总额\n\t合计\t\t86.00\n\t石家庄市水利局\t物业服务\t80.00\n\t石家庄市水利局\t法律顾问服务\t6.00\n"
    )

    parsed = parse_texts({"d": text})

    assert parsed.tables.select("statement", "title").rows() == [("other", "政府购买服务预算表")]
    assert parsed.amounts["amount_yuan"].sum() == 1_720_000
