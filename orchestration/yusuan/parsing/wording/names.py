"""Names that are wrong in their place: class names no longer in use, and a unit that calls itself a department (or the other way round).

1. A name is outdated from the year in which it was replaced (vocabulary/outdated_names.csv). 2. A document that uses the wrong word for
itself as often as the right one has chosen it. 3. 主管部门, 所属单位 and the like are others (vocabulary/publisher_words.csv).
"""

import polars as pl

from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.vocabulary import load
from yusuan.parsing.wording.found import NOTICE, Found, counted, crossed, notice, place_of, placed
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
    renamed = load("outdated_names").select("name", "replaced_by", pl.col("since").cast(pl.Int32))
    name, text = pl.col("name"), pl.col("text")
    # Somewhere the name stands without what makes it another's name.
    is_named = text.str.count_matches(name, literal=True) > text.str.count_matches(name + NO_CLASS)
    named = (pl.col("fiscal_year") >= pl.col("since")) & text.str.contains(name, literal=True)
    in_rows, in_prose = (crossed(renamed, frame).filter(named).filter(is_named) for frame in (rows, prose))
    in_rows = in_rows.with_columns(quoted=text.str.extract_all(pl.concat_str(pl.lit(r"[^\t]*"), name, pl.lit(r"[^\t]*"))).list.first())
    quoted = text.str.extract_all(pl.concat_str(pl.lit(AROUND), name, pl.lit(AROUND))).list.first()
    in_prose = in_prose.with_columns(quoted=quoted, at=text.str.find(name, literal=True))
    found = [in_rows, placed(in_prose, sentences.pieces)]
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
    examined = counted(sentences.paragraphs.join(kinds, on="document_id", how="semi"), "wording.publisher_kind")
    words = placed(sentences.with_each(_words(sentences.texts)).join(kinds, on="document_id", maintain_order="left"), sentences.pieces)
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


def _words(texts: pl.DataFrame) -> pl.DataFrame:
    """Each place of a text where a word of vocabulary/publisher_words.csv stands, with the words around it, as `quoted`."""
    words = load("publisher_words").select("unless", wrong_for="kind", pattern=pl.format("(?:{})", "word"))
    text, pattern, quoted = pl.col("text"), pl.col("pattern"), pl.col("quoted")
    # One look for all words: few texts have any.
    some = texts.filter(text.str.contains("|".join(words["pattern"])))
    found = crossed(words, some).filter(text.str.contains(pattern))
    around = pl.concat_str(pl.lit(AROUND), "pattern", pl.lit(AROUND))
    found = found.with_columns(quoted=text.str.extract_all(around)).explode("quoted", empty_as_null=True, keep_nulls=True)
    found = found.filter(quoted.is_not_null(), ~quoted.str.contains(pl.col("unless")).fill_null(False))
    return found.select(
        "text_id", "quoted", "wrong_for", word=quoted.str.extract_all(pattern).list.first(), at=text.str.find(quoted, literal=True)
    )
