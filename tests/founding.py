"""The five founding disclosures as frames, for tests that parse in memory."""

from pathlib import Path

import polars as pl

from yusuan.parsing import Parsed, parse
from yusuan.reading.text import read_texts

RAW = Path(__file__).resolve().parents[1] / "raw"
# Two tiny disclosures: one whose figure stands alone, one whose figure is part of a sum.
HEAD = "某市某局\n2023年度部门预算\n\n2023年部门支出预算表\n\n单位：万元\n"
PAGES = {
    "alone": HEAD + "科目编码\t科目名称\t金额\n201\t一般公共服务支出\t4.00\n",
    "summed": HEAD + "科目编码\t科目名称\t金额\n\t合计\t9.00\n201\t一般公共服务支出\t4.00\n208\t社会保障和就业支出\t5.00\n",
}
NAMES = ("000", "001", "002", "003", "004")


def text_of(name: str) -> str:
    return next(RAW.glob(f"{name}_*.txt")).read_text(encoding="utf-8")


def parse_texts(texts: dict[str, str]) -> Parsed:
    """Parses texts in one batch; the keys serve as document ids and file names."""
    documents = pl.DataFrame({"document_id": list(texts), "text": list(texts.values())})
    cells, lines = read_texts(documents)
    known = documents.select("document_id", file_name="document_id", publisher_hint=pl.lit(None, dtype=pl.Utf8))
    return parse(cells, lines, known)


def parse_founding(*names: str) -> Parsed:
    return parse_texts({name: text_of(name) for name in names or NAMES})


def proofs(parsed: Parsed) -> pl.DataFrame:
    """amount_id and proof, by the rule of the marts: contradicted before proved before unproved."""
    verdicts = parsed.identity_terms.join(parsed.identities.select("identity_id", "verdict"), on="identity_id")
    judged = verdicts.group_by("amount_id").agg(contradicted=(pl.col("verdict") == "contradicted").any())
    proof = pl.when(pl.col("contradicted")).then(pl.lit("contradicted")).when(pl.col("contradicted").is_not_null()).then(pl.lit("proved"))
    return parsed.amounts.join(judged, on="amount_id", how="left").with_columns(proof=proof.otherwise(pl.lit("unproved")))
