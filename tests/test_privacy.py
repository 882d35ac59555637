"""Names and telephone numbers of form fillers never reach staging: the field decides, not the look of the value."""

from itertools import pairwise

import polars as pl

from founding import NAMES, RAW, parse_founding, parse_texts
from yusuan.parsing.vocabulary import load

FIELDS = load("personal_labels")["term"].to_list()


def personal_values() -> set[str]:
    """What the founding texts print right after a personal field, read from the raw text without the pipeline."""
    values = set()
    for path in RAW.glob("*.txt"):
        fields = [field.strip().rstrip("：:") for field in path.read_text(encoding="utf-8").replace("\n", "\t").split("\t")]
        filled = [field for field in fields if field]
        for label, value in pairwise(filled):
            if label in FIELDS and value not in FIELDS and value not in ("填报日期",):
                values.add(value)
    return values


def test_the_founding_texts_do_print_personal_values():
    assert len(personal_values()) >= 5


def test_no_value_of_a_personal_field_is_in_any_frame():
    values = personal_values()
    parsed = parse_founding(*NAMES)

    for frame in (parsed.cells, parsed.lines, parsed.amounts, parsed.tables, parsed.notices, parsed.identities):
        for column in frame.select(pl.col(pl.Utf8)).columns:
            texts = set(frame[column].drop_nulls().to_list())
            assert not {value for value in values if value in texts}, column
    joined = "\n".join(parsed.lines["text"])
    assert not [value for value in values if value in joined]


def test_fields_in_prose_and_in_one_cell_are_masked():
    parsed = parse_texts({"d": "联系人：王五，联系电话：0391-3568001。\n项目\t联系电话：13800000000\n合计\t1.00\n"})

    joined = "\n".join(parsed.lines["text"]) + "\n".join(parsed.cells["text"])

    assert "王五" not in joined
    assert "3568001" not in joined
    assert "13800000000" not in joined


def test_a_personal_column_is_masked_down_to_its_last_row():
    parsed = parse_texts({"d": "序号\t项目名称\t负责人\t联系电话\t金额\n1\t甲项目\t王五\t4010658\t1.00\n2\t乙项目\t赵六\t4010659\t2.00\n"})

    texts = parsed.cells["text"].to_list()

    assert not {"王五", "赵六", "4010658", "4010659"} & set(texts)
    assert {"甲项目", "1.00", "金额"} <= set(texts)


def test_a_blank_field_does_not_hide_the_next_label():
    parsed = parse_texts({"d": "负责人：\t\t经办人：\t王五\t填报日期：\t20230418\n"})

    assert "20230418" in parsed.cells["text"].to_list()
    assert "王五" not in parsed.cells["text"].to_list()
