"""wording.class_level: 住房改革支出（类）, where the tables print it with the code of a 款.

类, 款 and 项 are the three levels of the functional classification (codes of 3, 5 and 7 digits, 财政部《政府收支分类科目》).
"""

import polars as pl

from yusuan.parsing.text import name_key, once_for_each
from yusuan.parsing.wording.found import Found, counted, notice, placed
from yusuan.parsing.wording.sentences import Sentences

LEVELS = {3: "类", 5: "款", 7: "项"}
MENTION = r"\p{Han}{2,40}[（(][类款项][）)]"


def class_levels(sentences: Sentences, figures: pl.DataFrame) -> Found:
    """One notice for each name of a document, at its first place. A name that the tables print on several levels may have any of them."""
    text = pl.col("text")
    mentions = sentences.texts.filter(text.str.contains(MENTION)).with_columns(mention=text.str.extract_all(MENTION))
    mentions = mentions.explode("mention", empty_as_null=True, keep_nulls=True).select(
        "text_id",
        "mention",
        name=name_key(pl.col("mention").str.head(-3)),
        said=pl.col("mention").str.slice(-2, 1),
        at=text.str.find(pl.col("mention"), literal=True),
    )
    printed = figures.select("document_id", "label", size=pl.col("classification_code").str.len_bytes()).filter(
        pl.col("size").is_in(list(LEVELS)), pl.col("label").is_not_null()
    )
    # Few of the printed names are mentioned.
    printed = once_for_each(printed, ["label"], name=name_key(pl.col("label"))).drop("label")
    printed = printed.filter(pl.col("name").is_in(mentions["name"].implode())).unique()
    printed = printed.with_columns(level=pl.col("size").replace_strict(LEVELS, return_dtype=pl.Utf8))
    printed = printed.group_by("document_id", "name").agg(levels=pl.col("level").sort().str.join("或"))
    mentions = sentences.with_each(mentions).join(printed, on=["document_id", "name"], maintain_order="left")
    wrong = placed(mentions.filter(~pl.col("levels").str.contains(pl.col("said"), literal=True)), sentences.pieces).sort(
        "document_id", "line"
    )
    wrong = wrong.group_by("document_id", "mention", maintain_order=True).agg(
        pl.col("line", "page", "said", "levels").first(), count=pl.len()
    )
    message = pl.format("科目级次有误，“{}”在表中是{}级科目，文中称“{}”，共{}处", "mention", "levels", "said", "count")
    return Found(wrong.select(notice("class_level", pl.col("mention"), message)), counted(mentions, "wording.class_level"))
