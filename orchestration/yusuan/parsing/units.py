"""Units of money judged by arithmetic: a table whose figures are 10^3, 10^4 or 10^8 times those of other tables or of the text.

A unit that is printed is never altered: the disagreement is told. A table that prints no unit, in a document that prints
several, takes the one under which its figures agree with the other tables. Which unit a caption names is found in tables.py.
"""

import polars as pl

from yusuan.parsing.figures import UNIT_YUAN, decimals, quantum

POWERS = (3, 4, 5, 8)
# Two printings of one figure differ by less than this share of it, whatever their last places and the slips in them.
ALIKE = 0.01
PROSE = -1


def common_units(tables: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """`tables` with common_unit, for tables that print no unit, and unit_told: whether any table of the document prints one.

    It is the unit of most tables of the document; where none prints any, that of its text, and 万元 where the text has none.
    """
    printed = tables.filter(pl.col("unit").is_not_null()).select("document_id").unique()
    texts = lines.select("document_id", "text").join(printed, on="document_id", how="anti")
    spoken = texts.group_by("document_id").agg(
        in_wan=pl.col("text").str.count_matches("万元", literal=True).sum(), in_yuan=pl.col("text").str.count_matches(r"\d元").sum()
    )
    tables = tables.join(spoken, on="document_id", how="left", maintain_order="left")
    told = pl.col("unit").is_not_null().any().over("document_id")
    text = pl.when(pl.col("in_yuan") > pl.col("in_wan")).then(pl.lit("元")).otherwise(pl.lit("万元"))
    usual = pl.col("unit").drop_nulls().mode().sort().first().over("document_id")
    return tables.with_columns(common_unit=pl.coalesce(usual, text), unit_told=told).drop("in_wan", "in_yuan")


def named_units() -> list[pl.Expr]:
    """The unit of a cell and who names it: its column, its table, or only other tables of the document."""
    own, table = pl.col("unit").is_not_null(), pl.col("table_unit").is_not_null()
    source = pl.when(own).then(pl.lit("column")).when(table).then(pl.lit("table")).otherwise(pl.lit("document"))
    return [pl.coalesce("unit", "table_unit", "common_unit").alias("unit_printed"), source.alias("unit_source")]


def without_unit(figures: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """tid, unit: tables that print no unit and whose figures all differ from those of other tables by the same power of ten."""
    guessed = figures.filter(pl.col("unit_source") == "document").select("tid", "unit_printed").unique()
    if guessed.is_empty():
        return guessed.select("tid", unit="unit_printed")
    placed = terms.select("key", "tid", "ticks", "role").filter(pl.col("role").is_in(["first", "second"]), pl.col("ticks") != 0)
    placed = placed.drop("role")
    pairs = placed.join(placed, on="key", suffix="_other").filter(pl.col("tid") != pl.col("tid_other"))
    pairs = pairs.join(guessed, on="tid").join(guessed.select(tid_other="tid"), on="tid_other", how="anti")
    power = pl.coalesce(
        pl.when(_times(pl.col("ticks"), pl.col("ticks_other"), p)).then(pl.lit(p))
        .when(_times(pl.col("ticks_other"), pl.col("ticks"), p)).then(pl.lit(-p)) for p in POWERS
    )  # fmt: skip
    # A total may be compared with another total of its table, so most figures must say it, and none may agree as it is.
    same = _times(pl.col("ticks"), pl.col("ticks_other"), 0)
    pairs = pairs.with_columns(power=power, same=same)
    votes = pairs.group_by("tid", "unit_printed").agg(
        power=pl.col("power").drop_nulls().mode().sort().first(), same=pl.col("same").any(), pairs=pl.len()
    )
    counted = pairs.group_by("tid", "power").agg(votes=pl.len()).filter(pl.col("power").is_not_null())
    agreed = votes.join(counted, on=["tid", "power"]).filter(~pl.col("same"), 2 * pl.col("votes") > pl.col("pairs"))
    exponent = pl.col("unit_printed").replace_strict(UNIT_YUAN, return_dtype=pl.Int32) + pl.col("power")
    units = {value: name for name, value in UNIT_YUAN.items()}
    agreed = agreed.with_columns(unit=exponent.replace_strict(units, default=None, return_dtype=pl.Utf8))
    return agreed.filter(pl.col("unit").is_not_null()).select("tid", "unit")


def _times(small: pl.Expr, large: pl.Expr, power: int) -> pl.Expr:
    scaled = small.cast(pl.Float64).abs() * 10.0**power
    return ((large.cast(pl.Float64).abs() - scaled).abs() <= ALIKE * scaled) & (small.sign() == large.sign())


def in_units(figures: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """The figures of the tables in `units` (tid, unit) in that unit."""
    figures = figures.join(units.rename({"unit": "unit_found"}), on="tid", how="left", maintain_order="left")
    unit = pl.coalesce("unit_found", "unit_printed")
    step = quantum(unit, decimals(pl.col("number")))
    found = pl.col("unit_found").is_not_null()
    return figures.with_columns(
        ticks=pl.when(found).then(pl.col("ticks") // pl.col("quantum") * step).otherwise(pl.col("ticks")),
        quantum=pl.when(found).then(step).otherwise(pl.col("quantum")),
        unit_printed=unit,
        unit_source=pl.when(found).then(pl.lit("sums")).otherwise(pl.col("unit_source")),
    ).drop("unit_found")


def disagreements(identities: pl.DataFrame, terms: pl.DataFrame, amounts: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """Notices unit_disagrees, for each table that differs by a power of ten from more places than it agrees with, and unit_unconfirmed,
    for each table in another unit than most tables of its document that no figure elsewhere confirms.

    `identities`, `terms` and `amounts` are finished staging frames, of tables and prose; `tables` are finished tables. Where two
    tables stand against each other alone, nobody can tell which unit is wrong, and both are named.
    """
    compared = identities.filter(pl.col("family").is_in(["same_figure", "prose_table"]), pl.col("term_count") == 2)
    compared = compared.filter(pl.col("expected_yuan") != 0, pl.col("actual_yuan") != 0)
    power = pl.coalesce(
        pl.when(_times(pl.col("expected_yuan"), pl.col("actual_yuan"), p) | _times(pl.col("actual_yuan"), pl.col("expected_yuan"), p)).then(
            p
        )
        for p in POWERS
    )
    # 0.1 beside 0.1万元 is within one unit of the coarser place, and still ten thousand times apart.
    compared = compared.with_columns(power=power)
    usual = pl.col("unit").mode().sort().first().over("document_id")
    other = tables.filter(~pl.col("is_form"), ~pl.col("is_empty"), pl.col("unit") != usual).select("document_id", "table_number")
    # In most documents all tables have one unit and nothing is a power of ten apart: there is nothing to be told.
    doubted = pl.concat([compared.filter(pl.col("power").is_not_null())["document_id"], other["document_id"]]).unique()
    compared = compared.filter(
        pl.col("document_id").is_in(doubted.implode()), pl.col("power").is_not_null() | (pl.col("verdict") != "contradicted")
    )
    paired = terms.filter(pl.col("role").is_in(["first", "second"])).select("identity_id", "amount_id")
    places = paired.join(compared, on="identity_id", how="semi")
    places = places.join(amounts.select("amount_id", "table_number"), on="amount_id", how="left")
    places = places.select("identity_id", pl.col("table_number").fill_null(PROSE))
    pairs = compared.select("document_id", "identity_id", "power").join(places, on="identity_id")
    pairs = pairs.join(places.rename({"table_number": "other"}), on="identity_id").filter(pl.col("table_number") != pl.col("other"))
    apart = pl.col("power").is_not_null()
    votes = pairs.group_by("document_id", "table_number").agg(
        against=pl.col("other").filter(apart).unique().sort(),
        with_it=pl.col("other").filter(~apart).n_unique(),
        power=pl.col("power").max(),
        text_only=(apart & (pl.col("other") == PROSE)).any() & ~(~apart & (pl.col("other") == PROSE)).any(),
    )  # fmt: skip
    named = votes.filter(pl.col("table_number") != PROSE, pl.col("against").list.len() > 0).with_columns(count=pl.col("against").list.len())
    # All tables may carry one wrong unit and agree with each other; then the text tells.
    named = named.filter((pl.col("count") >= pl.col("with_it")) | pl.col("text_only"))
    # A table whose opponents all have more opponents is the one that they should agree with.
    rivals = named.select("document_id", "table_number", other="against").explode("other")
    counts = named.select("document_id", other="table_number", rival="count")
    rivals = rivals.join(counts, on=["document_id", "other"], how="left").group_by("document_id", "table_number").agg(pl.col("rival").max())
    named = named.join(rivals, on=["document_id", "table_number"]).filter(
        (pl.col("count") >= pl.col("rival").fill_null(0)) | pl.col("text_only")
    )
    shown = tables.select(
        "document_id", "table_number", "statement", "unit", line="first_line", page="first_page",
        shown=pl.coalesce("title", "contents_title", pl.format("表{}", "table_number")),
    )  # fmt: skip
    named = named.join(shown, on=["document_id", "table_number"])
    others = named.select("document_id", "table_number", other="against").explode("other")
    others = others.join(shown.select("document_id", other="table_number", name="shown"), on=["document_id", "other"], how="left")
    others = others.group_by("document_id", "table_number", maintain_order=True).agg(
        others=pl.format("“{}”", pl.col("name")).fill_null("文字").str.join("、")
    )
    named = named.join(others, on=["document_id", "table_number"]).sort("document_id", "table_number")
    wrong = named.select(
        "document_id", "table_number", "statement", "line", "page", kind=pl.lit("unit_disagrees"), text=pl.col("unit"),
        message=pl.format("“{}”按所印单位（{}）与{}相差10的{}次方倍，单位疑有误，请对照原件", "shown", "unit", "others", "power"),
    )  # fmt: skip
    judged = votes.filter((pl.col("with_it") > 0) | (pl.col("against").list.len() > 0))
    alone = shown.join(other, on=["document_id", "table_number"], how="semi").join(judged, on=["document_id", "table_number"], how="anti")
    unsure = alone.select(
        "document_id", "table_number", "statement", "line", "page", kind=pl.lit("unit_unconfirmed"), text=pl.col("unit"),
        message=pl.format("“{}”的单位（{}）与其他表不同，且没有可以对照的数", "shown", "unit"),
    )  # fmt: skip
    return pl.concat([wrong, unsure])
