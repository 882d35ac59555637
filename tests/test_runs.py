"""Windows over rows of equal keys that stand together, and texts of lines, against what the plain forms of Polars give."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from yusuan.parsing.line_texts import with_text_ids
from yusuan.parsing.narrative.runs import before, behind, carried, counted, opening, running_sum

# Keys stand together: a run of rows for each.
runs = st.lists(st.lists(st.none() | st.integers(0, 9), min_size=1, max_size=5), max_size=6)


def _rows(values: list[list[int | None]]) -> pl.DataFrame:
    keyed = [(key, value) for key, run in enumerate(values) for value in run]
    return pl.DataFrame(keyed, schema={"key": pl.UInt32, "value": pl.Int64}, orient="row")


@given(runs)
def test_runs_give_what_windows_over_their_key_give(values: list[list[int | None]]) -> None:
    rows, value = _rows(values), pl.col("value")

    found = rows.select(
        carried=carried("value", "key"),
        opening=opening("value", "key"),
        before=before("value", "key"),
        behind=behind("value", "key"),
        counted=counted("key"),
        running=running_sum(value.is_not_null(), "key").cast(pl.Int64),
    )

    expected = rows.select(
        carried=value.forward_fill().over("key"),
        opening=value.first().over("key"),
        before=value.shift(1).over("key"),
        behind=value.shift(-1).over("key"),
        counted=pl.int_range(pl.len()).over("key"),
        running=value.is_not_null().cast(pl.Int64).cum_sum().over("key"),
    )
    assert found.rows() == expected.rows()


@given(st.lists(st.sampled_from(["", "一、收入", "３ 元", "a\tb", "收 入"])))
def test_what_a_text_tells_is_told_of_each_line_with_it(printed: list[str]) -> None:
    lines, texts = with_text_ids(pl.DataFrame({"text": printed}, schema={"text": pl.Utf8}))

    told = lines.select("text", size=texts.told(pl.col("text").str.len_chars()), squashed=texts.squashed())

    assert told["text"].to_list() == printed
    assert told["size"].to_list() == [len(text) for text in printed]
    assert told["squashed"].to_list() == [text.replace(" ", "").replace("\t", "").replace("３", "3") for text in printed]


def test_a_hidden_text_is_hidden_in_lines_and_texts_alike() -> None:
    hidden = pl.col("text").str.replace("张三", "***")

    lines, texts = with_text_ids(pl.DataFrame({"text": ["联系人：张三", "合计"]}), hidden)

    assert lines["text"].to_list() == ["联系人：***", "合计"]
    assert sorted(texts.texts["text"]) == ["合计", "联系人：***"]
