"""wording.unbalanced_marks: quotation marks and brackets that are not paired.

1. The numbering 1） and a) opens nothing. 2. A pair that is closed in the next paragraph is a pair: a conversion tears paragraphs apart.
"""

import polars as pl

from yusuan.parsing.wording.found import Found, counted, notice
from yusuan.parsing.wording.sentences import Sentences

NUMBERING = r"(?:^|[。；;，,：:、])[\da-zA-Z一二三四五六七八九十①-⑳]{1,3}[)）]"
PAIRS = [("“", "”", "引号"), ("[（(]", "[）)]", "括号"), ("《", "》", "书名号"), ("【", "】", "括号")]
ANY = r"[“”（()）《》【】\"＂]"
# The sentence or clause with the first mark is quoted.
QUOTED = rf"([^。；]{{0,30}}{ANY}[^。；]{{0,20}})"


def unbalanced_marks(sentences: Sentences) -> Found:
    marked = sentences.paragraphs.filter(pl.col("text").str.contains(ANY))
    text = pl.col("text").str.replace_all(NUMBERING, "")
    balances = [(text.str.count_matches(open_).cast(pl.Int32) - text.str.count_matches(close).cast(pl.Int32)) for open_, close, _ in PAIRS]
    # A straight mark is its own partner.
    straight = (pl.col("text").str.count_matches('["＂]') % 2).cast(pl.Int32)
    names = [f"balance{number}" for number in range(len(PAIRS))]
    marked = marked.with_columns(**dict(zip(names, balances, strict=True)), straight=straight)
    near = {step: pl.col("document_id").shift(step) == pl.col("document_id") for step in (1, -1)}
    told = []
    for name, (_, _, pair) in zip(names, PAIRS, strict=True):
        own = pl.col(name)
        closed = ((own > 0) & near[-1] & (own.shift(-1) == -own)) | ((own < 0) & near[1] & (own.shift(1) == -own))
        told.append(pl.when((own != 0) & ~closed.fill_null(False)).then(pl.lit(pair)))
    told.append(pl.when((pl.col("straight") == 1) & (pl.col("balance0") == 0)).then(pl.lit("引号")))
    what = pl.concat_list(told).list.drop_nulls().list.unique(maintain_order=True).list.join("、")
    found = marked.with_columns(what=what).filter(pl.col("what") != "").with_columns(quoted=_quoted())
    message = pl.format("{}不配对：“{}”", "what", "quoted")
    return Found(found.select(notice("unbalanced_marks", pl.col("quoted"), message)), counted(marked, "wording.unbalanced_marks"))


def _quoted() -> pl.Expr:
    """The first clause whose own marks are not paired; else the first that has any."""
    clauses = pl.col("text").str.extract_all(r"[^。；]+[。；]?")
    unpaired = clauses.list.eval(
        pl.element().filter(
            pl.any_horizontal(pl.element().str.count_matches(open_) != pl.element().str.count_matches(close) for open_, close, _ in PAIRS)
        )
    )
    return pl.coalesce(unpaired.list.get(0, null_on_oob=True).str.slice(0, 60), pl.col("text").str.extract(QUOTED, 1))
