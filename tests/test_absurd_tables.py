"""A table that no budget prints is refused by name; nothing is mistaken for anything else, and the other documents go on."""

import pytest

from founding import parse_texts, text_of
from yusuan.parsing.keys import TooLarge

TITLE = "某市统计局\n2024年度部门预算\n\n部门收入总表\n\n单位：万元\n\n"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("栏", TITLE + "项目\t合计\n" + "合计\t1.00" + "\t" * 70_000 + "2.00\n教育支出\t1.00\n"),
        ("并列的栏组", TITLE + "项目\t合计\t" * 300 + "\n" + "教育支出\t1.00\t" * 300 + "\n" + "合计\t1.00\t" * 300 + "\n"),
    ],
)
def test_a_table_beyond_all_measure_is_refused(what: str, text: str):
    assert parse_texts({"sound": text_of("004")}).amounts.height
    with pytest.raises(TooLarge, match=what):
        parse_texts({"sound": text_of("004"), "absurd": text})
