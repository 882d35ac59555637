"""What claims must agree with: each other inside a section, and the tables of the document.

Identities and terms have the columns of the finished staging frames. A claim that is a term carries its claim_id as amount_id. A
reading of a sentence is only a reading: where several heads are possible the one that fits is taken, and a contradiction is reported
only where the sentence leaves no doubt about what is meant.
"""

import polars as pl

from yusuan.parsing.figures import yuan
from yusuan.parsing.keys import digest
from yusuan.parsing.narrative.against_tables import table_comparisons
from yusuan.parsing.narrative.previous import previous_years
from yusuan.parsing.narrative.ratios import change_rates, completion_rates
from yusuan.parsing.narrative.shares import shares
from yusuan.parsing.narrative.sums import part_sums


def narrative_identities(rows: pl.DataFrame, figures: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(identities, identity_terms) of all claims of a batch.

    `rows` are the claims as groups.grouped gives them; `figures` are amounts with the columns of staging.amounts and the same
    document_id as the claims.
    """
    levels = rows.filter("is_level")
    found = [
        shares(rows, levels),
        change_rates(rows, levels),
        previous_years(rows, levels),
        completion_rates(rows, levels),
        part_sums(rows, levels),
        table_comparisons(levels, figures),
    ]
    identities = pl.concat([instances for instances, _ in found])
    terms = pl.concat([of for _, of in found])
    return _finished(identities, terms)


def _finished(identities: pl.DataFrame, terms: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    places = pl.when(pl.col("page").is_not_null()).then(pl.format("第{}页", "page")).otherwise(pl.format("行{}", "line"))
    # Keys are long; their numbers are grouped and looked up in a fraction of the time.
    identities = identities.with_row_index("nth")
    terms = terms.join(identities.select("key", "nth", "document_id"), on="key", how="inner", maintain_order="left")
    extent = terms.group_by("nth").agg(term_count=pl.len().cast(pl.Int32), places=places)
    extent = extent.with_columns(pl.col("places").list.unique(maintain_order=True).list.join("、"))
    identities = identities.join(extent, on="nth", how="left", maintain_order="left").with_columns(
        identity_id=digest("check_id", "about", "table_number"), family=pl.col("check_id").str.extract(r"^([^.]+)", 1)
    )
    terms = terms.with_columns(identity_id=identities["identity_id"].gather(terms["nth"]))
    return (
        identities.select(
            "identity_id", "document_id", "check_id", "family", "table_number", "statement", other_statement=pl.lit(None, pl.Utf8),
            subject="subject", expected_yuan=yuan(pl.col("expected")), actual_yuan=yuan(pl.col("actual")),
            residual_yuan=yuan(pl.col("actual") - pl.col("expected")), tolerance_yuan=yuan(pl.col("tolerance"), 4).cast(pl.Decimal(20, 6)),
            verdict="verdict", term_count="term_count", places="places",
        ),
        terms.select(
            "identity_id", "document_id", "amount_id", "role", "line", "page", amount_yuan=yuan(pl.col("ticks")), label="label"
        ),
    )  # fmt: skip
