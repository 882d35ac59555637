"""wording.unbalanced_marks: quotation marks and brackets that are not paired; wording.mixed_punctuation: half-width marks among full ones.

1. The numbering 1） and a) opens nothing. 2. A pair that is closed in the next paragraph is a pair: a conversion tears paragraphs apart.
3. Half-width marks are judged between Chinese characters only, and only where a document prints few of them: who uses them throughout
has chosen them. A bracket that is opened in one width and closed in the other is mixed, too.
"""

import polars as pl

from yusuan.parsing.wording.found import NOTICE, Found, counted, notice, place_of, placed
from yusuan.parsing.wording.sentences import Sentences

NUMBERING = r"(?:^|[。；;，,：:、])[\da-zA-Z一二三四五六七八九十①-⑳]{1,3}[)）]"
PAIRS = [("“", "”", "引号"), ("（(", "）)", "括号"), ("《", "》", "书名号"), ("【", "】", "括号")]
ANY = r"[“”（()）《》【】\"＂]"
# The sentence or clause with the first mark is quoted.
QUOTED = rf"([^。；]{{0,30}}{ANY}[^。；]{{0,20}})"
LONGEST = 60
HALF_WIDTH = r"\p{Han}[”）》]?[,;?!]\p{Han}"
MIXED = rf"(?:{HALF_WIDTH}|\([^()（）]*）|（[^()（）]*\))"
AROUND = r"[^。；，]{0,12}"
FULL_WIDTH = r"[，；？！]"
# Up to one in so many marks is a slip.
SLIPS = 10


def unbalanced_marks(sentences: Sentences) -> Found:
    texts = sentences.texts.filter(pl.col("text").str.contains(ANY)).with_columns(bare=pl.col("text").str.replace_all(NUMBERING, ""))
    balances = {f"balance{number}": _excess(pl.col("bare"), *pair[:2]) for number, pair in enumerate(PAIRS)}
    # A straight mark is its own partner.
    straight = (pl.col("text").str.count_matches('["＂]') % 2).cast(pl.Int32)
    marked = sentences.paragraphs.join(texts.select("text_id", straight=straight, **balances), on="text_id", maintain_order="left")
    near = {step: pl.col("document_id").shift(step) == pl.col("document_id") for step in (1, -1)}
    told = []
    for number, (_, _, pair) in enumerate(PAIRS):
        own = pl.col(f"balance{number}")
        closed = ((own > 0) & near[-1] & (own.shift(-1) == -own)) | ((own < 0) & near[1] & (own.shift(1) == -own))
        told.append(pl.when((own != 0) & ~closed.fill_null(False)).then(pl.lit(pair)))
    told.append(pl.when((pl.col("straight") == 1) & (pl.col("balance0") == 0)).then(pl.lit("引号")))
    what = pl.concat_list(told).list.drop_nulls().list.unique(maintain_order=True).list.join("、")
    found = marked.with_columns(what=what).filter(pl.col("what") != "").with_columns(clause=_clause())
    at = pl.col("text").str.find(pl.col("clause"), literal=True) + _first_alone()
    found = found.select("document_id", "paragraph", "what", at=at, quoted=pl.col("clause").str.slice(0, LONGEST))
    message = pl.format("{}不配对：“{}”", "what", "quoted")
    notices = placed(found, sentences.pieces).select(notice("unbalanced_marks", pl.col("quoted"), message))
    return Found(notices, counted(marked, "wording.unbalanced_marks"))


def mixed_punctuation(sentences: Sentences) -> Found:
    """One notice a document, at the first place, that tells all of them."""
    prose = sentences.with_forms(full=pl.col("text").str.count_matches(FULL_WIDTH)).filter(pl.col("full") > 0)
    examined = counted(prose, "wording.mixed_punctuation")
    full = prose.group_by("document_id").agg(pl.col("full").sum())
    found = sentences.texts.filter(pl.col("text").str.contains(FULL_WIDTH), pl.col("text").str.contains(MIXED))
    found = found.with_columns(quoted=pl.col("text").str.extract_all(f"{AROUND}{MIXED}{AROUND}")).explode(
        "quoted", empty_as_null=True, keep_nulls=True
    )
    found = found.select("text_id", "quoted", at=pl.col("text").str.find(pl.col("quoted"), literal=True))
    told = (
        placed(sentences.with_each(found), sentences.pieces)
        .with_columns(place=place_of())
        .sort("document_id", "line", "at")
        .group_by("document_id", maintain_order=True)
        .agg(
            pl.col("line", "page", "quoted").first(), count=pl.len(), places=pl.col("place").unique(maintain_order=True).str.join("、"),
        )
        .join(full, on="document_id", maintain_order="left")
        .filter(pl.col("count") * SLIPS <= pl.col("full"))
    )  # fmt: skip
    if told.is_empty():
        return Found(pl.DataFrame(schema=NOTICE), examined)
    message = pl.format("半角与全角标点混用，共{}处（{}）：“{}”", "count", "places", "quoted")
    return Found(told.select(notice("mixed_punctuation", pl.col("quoted"), message)), examined)


def _excess(text: pl.Expr, open_: str, close: str) -> pl.Expr:
    return text.str.count_matches(f"[{open_}]").cast(pl.Int32) - text.str.count_matches(f"[{close}]").cast(pl.Int32)


def _clause() -> pl.Expr:
    """The first clause whose own marks are not paired; else the first that has any."""
    clauses = pl.col("text").str.extract_all(r"[^。；]+[。；]?")
    unpaired = clauses.list.eval(
        pl.element().filter(pl.any_horizontal(_excess(pl.element(), open_, close) != 0 for open_, close, _ in PAIRS))
    )
    return pl.coalesce(unpaired.list.get(0, null_on_oob=True), pl.col("text").str.extract(QUOTED, 1))


def _first_alone() -> pl.Expr:
    """The byte of the clause where the mark without a partner stands, so that the line of the mark is named and not of the sentence."""
    clause = pl.col("clause")
    places = []
    for open_, close, _ in PAIRS:
        excess, neither = _excess(clause, open_, close), f"[^{open_}{close}]*"
        alone = clause.str.find(rf"[{open_}]{neither}(?:[{open_}]|$)")
        closing = clause.str.extract(rf"^((?:{neither}[{open_}]{neither}[{close}])*{neither})[{close}]", 1).str.len_bytes()
        places.append(pl.when(excess > 0).then(alone).when(excess < 0).then(closing))
    return pl.coalesce(*places, pl.lit(0)).cast(pl.UInt32)
