"""What the prose of final accounts states is held against the tables in the words and places in which departments state it."""

import polars as pl
import pytest

from founding import parse_texts
from yusuan.parsing import Parsed

ACCOUNTS = """湘西州某某中心2022年度部门决算

一般公共预算财政拨款支出决算表

金额单位：万元
功能分类科目编码\t科目名称\t小计\t基本支出\t项目支出
合计\t\t4,200.00\t2,100.00\t2,100.00
201\t一般公共服务支出\t3,700.00\t1,600.00\t2,100.00
20103\t政府办公厅（室）及相关机构事务\t3,700.00\t1,600.00\t2,100.00
2010301\t行政运行\t1,650.25\t1,600.00\t50.25
2010302\t一般行政管理事务\t2,049.75\t0.00\t2,049.75
221\t住房保障支出\t500.00\t500.00\t0.00
22102\t住房改革支出\t500.00\t500.00\t0.00
2210201\t住房公积金\t500.00\t500.00\t0.00

财政拨款“三公”经费支出决算表

金额单位：万元
预算数\t\t\t\t\t\t决算数\t\t\t\t\t
合计\t因公出国（境）费\t公务用车购置及运行维护费\t\t\t公务接待费\t合计\t因公出国（境）费\t公务用车购置及运行维护费\t\t\t公务接待费
\t\t小计\t公务用车购置费\t公务用车运行维护费\t\t\t\t小计\t公务用车购置费\t公务用车运行维护费\t
15.00\t0.00\t10.00\t0.00\t10.00\t5.00\t12.30\t0.00\t9.00\t0.00\t9.00\t3.30

五、一般公共预算财政拨款支出决算情况说明

（一）财政拨款支出决算结构情况

2022年度财政拨款支出4,200.00万元，主要用于以下方面：一般公共服务（类）支出3,700.00万元；住房保障（类）支出500.00万元。

（二）财政拨款支出决算具体情况

1、一般公共服务支出（类）政府办公厅（室）及相关机构事务（款）行政运行（项）。
年初预算为1,500.00万元，支出决算为1,650.25万元，决算数大于年初预算数的主要原因是：追加人员经费。

六、“三公”经费支出决算情况说明

“三公”经费支出预算为15.00万元，支出决算为12.30万元，其中：公务接待费支出预算为5.00万元，支出决算为3.30万元。

公务用车购置及运行维护费支出决算为9.00万元，其中：公务用车购置费0.00万元。公务用车运行维护费9.00万元，主要是燃油费。
"""


def told(parsed: Parsed) -> list[str]:
    return sorted(set(parsed.identities.filter(pl.col("verdict") == "contradicted")["check_id"]))


@pytest.mark.parametrize(
    ("stated", "wrongly", "check"),
    [
        ("", "", None),
        ("财政拨款支出4,200.00", "财政拨款支出4,700.00", "prose_table.general_budget_total"),
        ("住房保障（类）支出500.00", "住房保障（类）支出300.00", "prose_table.function_amount"),
        ("支出决算为1,650.25", "支出决算为1,950.25", "prose_table.function_item_amount"),
        ("公务接待费支出预算为5.00", "公务接待费支出预算为4.00", "prose_table.reception"),
        ("公务用车运行维护费9.00", "公务用车运行维护费8.00", "prose_table.vehicle_operation"),
        ("公务用车购置费0.00", "公务用车购置费1.00", "prose_table.vehicle_purchase"),
    ],
)
def test_a_figure_of_the_prose_is_that_of_its_own_column(stated: str, wrongly: str, check: str | None):
    found = told(parse_texts({"d": ACCOUNTS.replace(stated, wrongly) if stated else ACCOUNTS}))

    assert found == [] if check is None else check in found
