"""The agencies that a document speaks of: its publisher with its code, the department above it, and the units below it.

Nothing is merged on similarity. A name that is only another spelling in the same document keeps its own row and says so in `same_as`.
"""

import polars as pl

from yusuan.parsing.keys import digest
from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.narrative.runs import counted
from yusuan.parsing.text import once_for_each, printed, squash
from yusuan.parsing.vocabulary import load

AGENCY_COLUMNS = [
    "agency_id", "document_id", "agency_name", "agency_code", "code_rule", "role", "parent_name", "same_as", "source", "mentions",
    "table_number", "line", "page",
]  # fmt: skip
# Where the name is taken from, if it stands in several places: the best source first.
SOURCES = ["publisher", "list", "list_table", "label", "row"]
CODE_FIRST = r"^[\[(【]?(\d{3,9})[\])】]?[-—_:、.]?"
CODE_LAST = r"[-—_:]?[\[(【]?(\d{3,9})[\])】]?$"
OPENING_LINES = 40
LONGEST_LABELLED = 60
MENTION = {
    "agency_name": pl.Utf8, "agency_code": pl.Utf8, "source": pl.Utf8, "labelled": pl.Utf8, "mentions": pl.UInt32, "table_number": pl.Int32,
    "line": pl.Int32, "page": pl.Int32,
}  # fmt: skip


def agencies_of(
    described: pl.DataFrame, amounts: pl.DataFrame, cells: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts, listed: pl.DataFrame
) -> pl.DataFrame:
    """One row per agency of a document, by its name without white space and width of brackets; AGENCY_COLUMNS without agency_id.

    `described` are the documents (yusuan.parsing.documents), `amounts` the staged amounts, `cells` prepared cells, `lines` those of
    the readers with the text_id of their `texts`, `listed` the units of lists (yusuan.parsing.agency_lists). Roles: publisher, parent
    (主管部门), unit. Rules for codes:

    - beside_name: the code is printed beside the name, on an agency row or in a label (教育部 105).
    - covers_all: only for the publisher. Its budget's rows begin with one code that all other agency codes of the document begin
      with, under a short form of its name: 122 above 122101, 122201 and 122301. It goes before beside_name,
      because the code beside the full name is then that of the department's own office (本级).
    """
    mentions = pl.concat(
        [_publishers(described, lines, texts), _labelled(cells, lines, texts), _on_rows(amounts), _of_lists(listed)], how="diagonal_relaxed"
    )
    mentions = mentions.filter(pl.col("agency_name").str.len_chars() >= 2).with_columns(key=squash(pl.col("agency_name")))
    named = _one_row_each(mentions)
    named = named.join(
        described.select("document_id", "document_kind", publisher="publisher_name", publisher_key=squash(pl.col("publisher_name"))),
        on="document_id", how="left", maintain_order="left",
    )  # fmt: skip
    named = _publisher_codes(named)
    named = _same_as(named)
    return _roles(named)


def with_ids(agencies: pl.DataFrame) -> pl.DataFrame:
    return (
        agencies.with_columns(key=squash(pl.col("agency_name"))).with_columns(agency_id=digest("document_id", "key")).select(AGENCY_COLUMNS)
    )


def publisher_codes(documents: pl.DataFrame, agencies: pl.DataFrame) -> pl.DataFrame:
    """Documents with the code of their publisher."""
    codes = agencies.filter(pl.col("source") == "publisher").select("document_id", publisher_code="agency_code")
    return documents.drop("publisher_code").join(codes, on="document_id", how="left", maintain_order="left").select(documents.columns)


def _publishers(described: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """The publisher, and the first line near the beginning or beside 单位 or 部门 that prints its name."""
    known = described.filter(pl.col("publisher_name").is_not_null()).select("document_id", agency_name="publisher_name")
    lines = lines.select("document_id", "line", "page", "text_id")
    text = pl.col("text")
    telling = (counted("document_id") < OPENING_LINES) | texts.told(text.str.contains_any(["单位", "部门"]))
    near = lines.filter(telling, texts.told(text.str.len_chars() <= LONGEST_LABELLED * 2)).with_columns(squashed=texts.squashed())
    near = near.join(known.with_columns(key=squash(pl.col("agency_name"))), on="document_id", maintain_order="left")
    hits = near.filter(pl.col("squashed").str.contains(pl.col("key"), literal=True))
    first = hits.unique("document_id", keep="first", maintain_order=True).select("document_id", "line", "page")
    return known.join(first, on="document_id", how="left").with_columns(source=pl.lit("publisher"), mentions=pl.lit(1, pl.UInt32))


def _labelled(cells: pl.DataFrame, lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """Agencies beside a label of vocabulary/agency_labels.csv, in a form or on a line of its own, with the code in their text."""
    vocabulary = load("agency_labels").select("pattern", "role").rows()

    def role(text: pl.Expr) -> pl.Expr:
        return pl.coalesce(pl.when(text.str.contains(pattern)).then(pl.lit(role)) for pattern, role in vocabulary)

    words = ["主管", "代码", "编码", "上级", "归口", "一级预算"]
    told = cells.select("text_id", "bare")[cells["text_id"].arg_unique()].filter(pl.col("bare").str.contains_any(words))
    cells = cells.select("document_id", "place", "text_id", "bare", "text", "line", "page")
    labels = cells.select("place", "text_id").filter(pl.col("text_id").is_in(told["text_id"].implode()))
    touched = cells.join(labels, on="place", how="semi", maintain_order="left")
    beside = (
        once_for_each(touched, ["bare"], labelled=role(pl.col("bare")))
        .with_columns(value=pl.col("text").shift(-1).over("place"))
        .select("document_id", "labelled", "value", "line", "page")
    )
    text = texts.squashed()
    speaking = pl.col("text").str.contains_any(words) & (pl.col("text").str.len_chars() <= LONGEST_LABELLED)
    alone = lines.select("document_id", "line", "page", "text_id", "grid").filter(pl.col("grid").is_null(), texts.told(speaking))
    alone = alone.with_columns(labelled=role(text.str.extract(r"^([^:]+):", 1)), value=text.str.extract(r"^[^:]+:(.+)$", 1))
    found = pl.concat([beside, alone.select(beside.columns)]).filter(pl.col("labelled").is_not_null(), pl.col("value").is_not_null())
    value = squash(pl.col("value"))
    code = pl.coalesce(value.str.extract(CODE_FIRST + r"\D", 1), value.str.extract(r"\D" + CODE_LAST, 1))
    name = printed(pl.col("value")).str.normalize("NFKC").str.replace(CODE_FIRST, "").str.replace(CODE_LAST, "")
    found = found.with_columns(agency_name=name, agency_code=code, source=pl.lit("label")).filter(
        pl.col("agency_name").str.contains(r"^[\p{Han}][\p{Han}()\w]+$")
    )
    return (
        found.sort("document_id", "line")
        .group_by("document_id", "agency_name", "agency_code", "source", "labelled", maintain_order=True)
        .agg(pl.col("line", "page").first(), mentions=pl.len())
    )


def _on_rows(amounts: pl.DataFrame) -> pl.DataFrame:
    """Agencies that amounts are printed for, as told by their rows."""
    amounts = amounts.select("document_id", "agency_name", "agency_code", "agency_source", "line", "page", "table_number")
    printed_there = amounts.filter(pl.col("agency_source").is_in(["row", "rollup"]), pl.col("agency_name").is_not_null())
    return (
        printed_there.group_by("document_id", "agency_name", "agency_code", maintain_order=True)
        .agg(pl.col("line", "page", "table_number").first(), mentions=pl.len())
        .with_columns(source=pl.lit("row"))
    )


def _of_lists(listed: pl.DataFrame) -> pl.DataFrame:
    return listed.with_columns(mentions=pl.lit(1, pl.UInt32))


def _one_row_each(mentions: pl.DataFrame) -> pl.DataFrame:
    """The best source of each name gives spelling and place; the code that is printed most often beside it is its code."""
    mentions = mentions.select("document_id", "key", *(pl.col(name).cast(dtype) for name, dtype in MENTION.items()))
    rank = pl.col("source").replace_strict({source: k for k, source in enumerate(SOURCES)}, return_dtype=pl.Int32)
    mentions = mentions.with_columns(rank=rank).sort("document_id", "rank", "line", nulls_last=True, maintain_order=True)
    keys = ["document_id", "key"]
    named = mentions.group_by(keys, maintain_order=True).agg(
        pl.col("agency_name", "source", "table_number", "line", "page").first(),
        pl.col("mentions").sum(),
        labelled=pl.col("labelled").drop_nulls().first(),
        is_listed=pl.col("source").str.starts_with("list").any(),
    )
    codes = mentions.filter(pl.col("agency_code").is_not_null()).group_by(*keys, "agency_code").agg(count=pl.col("mentions").sum())
    codes = codes.sort("count", "agency_code", descending=[True, False]).unique(keys, keep="first", maintain_order=True)
    return named.join(codes.select(*keys, "agency_code"), on=keys, how="left", maintain_order="left")


def _publisher_codes(named: pl.DataFrame) -> pl.DataFrame:
    """The rules of `agencies_of`. A department's own office that prints the publisher's name gives its code to the row …本级."""
    is_publisher = pl.col("source") == "publisher"
    named = named.with_columns(
        code_rule=pl.when(pl.col("agency_code").is_not_null()).then(pl.lit("beside_name")), beside_code=pl.col("agency_code")
    )
    coded = named.filter(pl.col("agency_code").is_not_null(), pl.col("labelled").is_null() | (pl.col("labelled") != "parent"))
    roots = coded.select("document_id", root="agency_code", root_key="key", publisher_key="publisher_key").join(
        coded.select("document_id", other="agency_code"), on="document_id"
    )
    letters = pl.col("root_key").str.replace_all(r"[^\p{Han}]", "").str.replace_all(r"(.)", "${1}.*")
    roots = roots.group_by("document_id", "root", "root_key", "publisher_key").agg(
        covers=(pl.col("other").str.starts_with(pl.col("root"))).all() & (pl.col("other") != pl.col("root")).any()
    )
    roots = roots.filter(pl.col("covers"), pl.col("publisher_key").str.contains(letters)).unique("document_id", keep="first")
    named = named.join(roots.select("document_id", "root", "root_key"), on="document_id", how="left", maintain_order="left")
    covered = is_publisher & pl.col("root").is_not_null() & (pl.col("root") != pl.col("beside_code")).fill_null(True)
    named = named.with_columns(
        agency_code=pl.when(covered).then(pl.col("root")).otherwise(pl.col("agency_code")),
        code_rule=pl.when(covered).then(pl.lit("covers_all")).otherwise(pl.col("code_rule")),
    )
    office = named.filter(is_publisher, covered, pl.col("beside_code").is_not_null()).select("document_id", office_code="beside_code")
    named = named.join(office, on="document_id", how="left", maintain_order="left")
    is_office = (pl.col("key").str.replace(r"\(?(?:本级|机关|本部)\)?$", "") == pl.col("publisher_key")) & ~is_publisher
    gains = is_office & pl.col("agency_code").is_null() & pl.col("office_code").is_not_null()
    return named.with_columns(
        agency_code=pl.when(gains).then(pl.col("office_code")).otherwise(pl.col("agency_code")),
        code_rule=pl.when(gains).then(pl.lit("beside_name")).otherwise(pl.col("code_rule")),
    )


def _same_as(named: pl.DataFrame) -> pl.DataFrame:
    """A name with the publisher's code, and a list's short name that stands inside exactly one other name, are other spellings."""
    own = named.filter(pl.col("source") == "publisher").select("document_id", own_code="agency_code", own_name="agency_name")
    named = named.join(own, on="document_id", how="left", maintain_order="left")
    same_code = (pl.col("agency_code") == pl.col("own_code")) & (pl.col("source") != "publisher")
    plain = pl.col("key").str.replace_all(r"[()]", "")
    short = named.filter("is_listed").select("document_id", short="key", plain=plain)
    inside = short.join(named.select("document_id", full="key", full_name="agency_name", whole=plain), on="document_id").filter(
        pl.col("short") != pl.col("full"),
        pl.col("whole").str.contains(pl.col("plain"), literal=True),
        # Of two names that differ in brackets only one is the other spelling.
        (pl.col("whole") != pl.col("plain")) | (pl.col("short") < pl.col("full")),
    )
    inside = inside.filter(pl.len().over("document_id", "short") == 1).select("document_id", key="short", longer="full_name")
    named = named.join(inside, on=["document_id", "key"], how="left", maintain_order="left")
    # 某市某小学 beside 某省某市某小学: the province may be left out.
    provinces = load("divisions").filter(pl.col("code").str.ends_with("0000"))["name"]
    province = pl.col("publisher_key").str.strip_suffix(pl.col("key"))
    bare = (province != pl.col("publisher_key")) & province.is_in(provinces.implode())
    return named.with_columns(same_as=pl.when(same_code | bare).then(pl.col("own_name")).otherwise(pl.col("longer")))


def _roles(named: pl.DataFrame) -> pl.DataFrame:
    """Publisher, parent or unit. A unit's parent is the publisher only where the document is a department's."""
    publisher = (pl.col("source") == "publisher") | (pl.col("same_as") == pl.col("own_name")).fill_null(False)
    whole = pl.col("document_kind").str.starts_with("department").fill_null(False)
    above = (pl.col("own_code").str.starts_with(pl.col("agency_code")) & (pl.col("own_code") != pl.col("agency_code"))).fill_null(False)
    parent = (pl.col("labelled") == "parent").fill_null(False) | above
    role = pl.when(publisher).then(pl.lit("publisher")).when(parent).then(pl.lit("parent")).otherwise(pl.lit("unit"))
    named = named.with_columns(role=role)
    parents = named.filter(pl.col("role") == "parent").sort("mentions", descending=True, maintain_order=True)
    parents = parents.unique("document_id", keep="first", maintain_order=True).select("document_id", above_name="agency_name")
    named = named.join(parents, on="document_id", how="left", maintain_order="left")
    named = named.with_columns(
        parent_name=pl.when(pl.col("role") == "publisher")
        .then(pl.col("above_name"))
        .when((pl.col("role") == "unit") & (whole | pl.col("is_listed")))
        .then(pl.col("own_name"))
    )
    return named.select(name for name in AGENCY_COLUMNS if name != "agency_id")
