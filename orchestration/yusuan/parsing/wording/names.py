"""Names that are wrong in their place: class names no longer in use, and a unit that calls itself a department (or the other way round).

1. A name is outdated from the year in which it was replaced (vocabulary/outdated_names.csv). 2. A document that uses the wrong word for
itself as often as the right one has chosen it. 3. 主管部门, 所属单位 and the like are others (vocabulary/publisher_words.csv).
"""

import polars as pl

from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.vocabulary import load
from yusuan.parsing.wording.found import NOTICE, Found, counted, notice, place_of, placed
from yusuan.parsing.wording.sentences import Sentences

SPACE = r"[^\S\t]"
AROUND = r"[^。；，,]{0,16}"
# 行政事业单位离退休人员 are people, 文化体育与传媒局 is an agency: no names of classes.
NO_CLASS = r"(?:人员|干部|职工|经费|费|工作|局|厅|委|部门|系统)"


def outdated_names(sentences: Sentences, lines: pl.DataFrame, texts: LineTexts, described: pl.DataFrame) -> Found:
    """Prose and tables alike; a table that prints the name in several rows prints several names."""
    years = described.filter(pl.col("fiscal_year").is_not_null()).select("document_id", "fiscal_year")
    examined = counted(sentences.paragraphs.join(years, on="document_id", how="semi"), "wording.outdated_name")
    # One look for all names, which rows may print with white space inside: few texts have any.
    names = load("outdated_names")["name"].unique()
    spaced = texts.told(pl.col("text").str.contains("|".join(rf"{SPACE}*".join(name) for name in names)))
    rows = lines.select("document_id", "line", "page", "text", "text_id", "grid").filter(pl.col("grid").is_not_null(), spaced)
    rows = rows.select("document_id", pl.col("line", "page").cast(pl.Int32), pl.col("text").str.replace_all(rf"{SPACE}+", "")).join(
        years, on="document_id"
    )
    prose = sentences.with_each(sentences.texts.filter(pl.col("text").str.contains_any(names.to_list()))).join(years, on="document_id")
    in_rows, in_prose = [], []
    for name, replaced_by, since in load("outdated_names").select("name", "replaced_by", pl.col("since").cast(pl.Int32)).iter_rows():
        is_named = pl.col("text").str.replace_all(name + NO_CLASS, "").str.contains(name, literal=True) & (pl.col("fiscal_year") >= since)
        told = {"name": pl.lit(name), "replaced_by": pl.lit(replaced_by), "since": pl.lit(since)}
        in_rows.append(rows.filter(is_named).with_columns(**told, quoted=pl.col("text").str.extract(rf"([^\t]*{name}[^\t]*)", 1)))
        quoted = pl.col("text").str.extract(rf"({AROUND}{name}{AROUND})", 1)
        in_prose.append(prose.filter(is_named).with_columns(**told, quoted=quoted, at=pl.col("text").str.find(name, literal=True)))
    found = [pl.concat(in_rows), placed(pl.concat(in_prose), sentences.pieces)]
    # One notice for each name of a document: it is one mistake wherever it stands.
    both = (
        pl.concat(found, how="diagonal_relaxed")
        .with_columns(place=place_of())
        .sort("document_id", "line")
        .group_by("document_id", "name", "since", "replaced_by", maintain_order=True)
        .agg(pl.col("line", "page", "quoted").first(), places=pl.col("place").unique(maintain_order=True).str.join("、"))
    )
    message = pl.format("科目名称已停用，“{}”自{}年起改称“{}”：“{}”，见{}", "name", "since", "replaced_by", "quoted", "places")
    return Found(both.select(notice("outdated_name", pl.col("quoted"), message)), examined)


def publisher_words(sentences: Sentences, described: pl.DataFrame) -> Found:
    """One notice a document, at the first place, that tells all of them."""
    kinds = described.select("document_id", own=pl.col("document_kind").str.extract(r"^(unit|department)_", 1)).drop_nulls()
    found = [
        sentences.with_each(_matches(sentences.texts, wrong_for, f"(?:{pattern})", unless))
        for wrong_for, pattern, unless in load("publisher_words").select("kind", "word", "unless").iter_rows()
    ]
    examined = counted(sentences.paragraphs.join(kinds, on="document_id", how="semi"), "wording.publisher_kind")
    words = placed(pl.concat(found).join(kinds, on="document_id", maintain_order="left"), sentences.pieces)
    wrong = words.filter(pl.col("wrong_for") == pl.col("own"))
    right = words.filter(pl.col("wrong_for") != pl.col("own")).group_by("document_id").agg(right=pl.len())
    told = (
        wrong.with_columns(place=place_of())
        .sort("document_id", "line")
        .group_by("document_id", "own", maintain_order=True)
        .agg(
            pl.col("line", "page", "quoted").first(), count=pl.len(), words=pl.col("word").unique(maintain_order=True).str.join("、"),
            places=pl.col("place").unique(maintain_order=True).str.join("、"),
        )
        .join(right, on="document_id", how="left", maintain_order="left")
        .filter(pl.col("count") <= pl.col("right").fill_null(0))
    )  # fmt: skip
    if told.is_empty():
        return Found(pl.DataFrame(schema=NOTICE), examined)
    what = (
        pl.when(pl.col("own") == "unit").then(pl.lit("本公开是单位预算，文中却称部门")).otherwise(pl.lit("本公开是部门预算，文中却称单位"))
    )
    message = pl.format("{}，共{}处（{}：{}）：“{}”", what, "count", "words", "places", "quoted")
    return Found(told.select(notice("publisher_kind", pl.col("quoted"), message)), examined)


def _matches(texts: pl.DataFrame, wrong_for: str, pattern: str, unless: str | None) -> pl.DataFrame:
    found = texts.filter(pl.col("text").str.contains(pattern)).with_columns(
        quoted=pl.col("text").str.extract_all(f"{AROUND}{pattern}{AROUND}")
    )
    found = found.explode("quoted", empty_as_null=True, keep_nulls=True).filter(pl.col("quoted").is_not_null())
    if unless:
        found = found.filter(~pl.col("quoted").str.contains(unless))
    return found.select(
        "text_id", "quoted", wrong_for=pl.lit(wrong_for), word=pl.col("quoted").str.extract(f"({pattern})", 1),
        at=pl.col("text").str.find(pl.col("quoted"), literal=True),
    )  # fmt: skip
