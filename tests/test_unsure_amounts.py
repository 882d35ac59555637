"""A figure of a scan that was not read surely and that nothing proves is reported, never passed off as sure."""

import polars as pl

from founding import PAGES
from yusuan.parsing import parse
from yusuan.parsing.notices import UNSURE
from yusuan.reading.text import read_texts


def parse_with_confidence(text: str, doubtful: str):
    documents = pl.DataFrame({"document_id": ["d"], "text": [text]})
    cells, lines = read_texts(documents)
    confidence = pl.when(pl.col("text") == doubtful).then(UNSURE - 0.1).otherwise(0.99).cast(pl.Float32)
    known = documents.select("document_id", file_name="document_id", publisher_hint=pl.lit(None, dtype=pl.Utf8))
    return parse(cells.with_columns(confidence=confidence), lines, known)


def test_an_unsure_amount_that_no_sum_proves_is_noticed_with_its_figure():
    parsed = parse_with_confidence(PAGES["alone"], doubtful="4.00")

    notice = parsed.notices.filter(pl.col("kind") == "unsure_amounts").row(0, named=True)

    assert (notice["text"], notice["line"]) == ("4.00", 8)


def test_an_unsure_amount_that_a_sum_proves_is_not_noticed():
    parsed = parse_with_confidence(PAGES["summed"], doubtful="4.00")

    assert "unsure_amounts" not in parsed.notices["kind"].to_list()


def test_an_unsure_amount_in_a_sum_that_fails_is_noticed():
    parsed = parse_with_confidence(PAGES["summed"].replace("\t4.00", "\t4.50", 1), doubtful="4.50")

    assert parsed.notices.filter(pl.col("kind") == "unsure_amounts")["text"].to_list() == ["4.50"]
