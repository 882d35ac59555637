"""Names that sentences list against the rows that tables print: economic items, projects, and projects with performance forms.

1. A name is found where it contains a row's name or is contained in one. 2. Items that the reference list does not have are not judged.
3. A list that ends with 等 need not be complete.
"""

import polars as pl

from yusuan.parsing.text import name_key, once_for_each
from yusuan.parsing.vocabulary import load
from yusuan.parsing.wording.found import Found, counted, notice, placed
from yusuan.parsing.wording.sentences import Sentences

# What a paragraph lists under personnel and under public expenditure, and the classes whose items belong there.
# Only where its amount is stated: without one the paragraph defines what personnel expenditure is.
LISTED = r"{}[^。；;、]{{0,14}}?[\d.,]+(?:亿|万)?元(。?)[^。；;、]{{0,14}}?包括[：:]?([^。；;]+)"
GROUPS = [("人员经费", ["301", "303"]), ("公用经费", ["302", "310"])]
NAMED = r"对([^。；;对]{4,120}?)(?:等)?(?:\d+个)?项目(?:支出)?(?:开展|进行|实施)[^。；;]{0,12}绩效"
FORMS = r"重[大点]项目(?:分别)?(?:有|为|是)[：:]?[^。；;]{4,120}?\d+个"
FORMS_LIST = r"(?:有|为|是)[：:]?([^。；;]+?)(?:等)?\d+个"
MONEY = r"[\d.,]+(?:万元|元)"
# Words that speak of projects in general.
GENERAL = r"年度|所有|全部|全覆盖|预算|部门|单位|纳入|重点|\d+个|资金|支出$"
SHORTEST = 4


def listed_names(sentences: Sentences, figures: pl.DataFrame) -> list[Found]:
    """prose_rows.listed_items, prose_rows.named_project and performance.missing_form."""
    return [_listed_items(sentences, figures), _named_projects(sentences, figures), _missing_forms(sentences, figures)]


def _listed_items(sentences: Sentences, figures: pl.DataFrame) -> Found:
    rows = figures.select("document_id", "statement", "economic_code", "ticks", "label").filter(
        pl.col("statement").is_in(["general_budget_basic_by_economic", "appropriation_basic_by_economic"]),
        pl.col("economic_code").str.len_chars() == 5, pl.col("ticks") != 0, pl.col("label").is_not_null(),
    )  # fmt: skip
    rows = once_for_each(rows, ["label"], row=name_key(pl.col("label"))).select(
        "document_id", "row", "label", group_code=pl.col("economic_code").str.slice(0, 3)
    ).unique(["document_id", "row"], maintain_order=True)  # fmt: skip
    known = load("economic_codes").filter(pl.col("code").str.len_chars() == 5).select(item=name_key(pl.col("name"))).unique()
    found, examined = [], []
    for group, classes in GROUPS:
        of_group = pl.when(pl.col("text").str.contains(group, literal=True)).then(pl.col("text"))
        lists = sentences.with_forms(parts=of_group.str.extract_groups(LISTED.format(group)))
        parts = pl.col("parts").struct
        lists = lists.select("document_id", "line", "page", listed=parts.field("2"), stop=parts.field("1")).drop_nulls("listed")
        # A sentence of its own names the items in its own words (社会保障缴费): it is not held against the rows.
        is_open = pl.col("listed").str.contains("等[^、]{0,6}$")
        lists = lists.with_columns(open=is_open, alone=pl.col("stop") != "").select(
            "document_id", "line", "page", "open", "alone", name=pl.col("listed").str.replace_all(MONEY, "").str.split("、")
        )
        place = ["document_id", "line", "page", "open"]
        items = lists.explode("name", empty_as_null=True, keep_nulls=True).with_columns(pl.col("name").str.replace(r"等.{0,6}$", ""))
        items = once_for_each(items, ["name"], item=name_key(pl.col("name")))
        items = items.filter(pl.col("item") != "")
        examined.append(lists.select("document_id"))
        of_reference = items.join(known, on="item", how="semi", maintain_order="left")
        twice = of_reference.group_by(*place, "item", maintain_order=True).agg(pl.col("name").first(), times=pl.len())
        twice = twice.filter(pl.col("times") > 1)
        # What follows needs a table to hold the list against.
        lists, items = (
            frame.filter(~pl.col("alone")).join(rows.select("document_id").unique(), on="document_id", how="semi", maintain_order="left")
            for frame in (lists, items)
        )
        pairs = items.join(rows.filter(pl.col("group_code").is_in(classes)), on="document_id")
        pairs = pairs.filter(
            pl.col("row").str.contains(pl.col("item"), literal=True) | pl.col("item").str.contains(pl.col("row"), literal=True)
        )
        extra = items.join(pairs.select(*place, "item").unique(), on=[*place, "item"], how="anti", maintain_order="left", nulls_equal=True)
        extra = extra.join(known, on="item", how="semi", maintain_order="left")
        complete = lists.filter(~pl.col("open")).select(place)
        absent = complete.join(rows.filter(pl.col("group_code").is_in(classes)), on="document_id", maintain_order="left").join(
            pairs.select(*place, "row").unique(), on=[*place, "row"], how="anti", maintain_order="left", nulls_equal=True
        )
        told = pl.concat(
            [
                extra.select(*place, what=pl.format("文字列出而基本支出表中没有：{}", "name")),
                absent.select(*place, what=pl.format("基本支出表中有而文字未列：{}", "label")),
                twice.select(*place, what=pl.format("重复列出：{}", "name")),
            ]
        )
        found.append(
            told.group_by("document_id", "line", "page", maintain_order=True)
            .agg(what=pl.col("what").str.join("；"))
            .with_columns(group=pl.lit(group))
        )
    message = pl.format("{}所列科目有误，{}", "group", "what")
    return Found(
        pl.concat(found).select(notice("listed_items", pl.col("what"), message)), counted(pl.concat(examined), "prose_rows.listed_items")
    )


def _named_projects(sentences: Sentences, figures: pl.DataFrame) -> Found:
    named = sentences.texts.with_columns(listed=pl.col("text").str.extract(NAMED, 1)).drop_nulls("listed")
    # One name alone is too often a word for projects in general.
    named = named.filter(pl.col("listed").str.contains("、"))
    return _against(named, sentences, figures, "project_expenditure", "prose_rows.named_project", "文字列出的项目“{}”不在项目支出表中")


def _missing_forms(sentences: Sentences, figures: pl.DataFrame) -> Found:
    lists = sentences.texts.filter(pl.col("text").str.contains(FORMS)).with_columns(listed=pl.col("text").str.extract_all(FORMS))
    lists = lists.explode("listed", empty_as_null=True, keep_nulls=True)
    lists = lists.with_columns(listed=pl.col("listed").str.extract(FORMS_LIST, 1)).drop_nulls("listed")
    return _against(lists, sentences, figures, "project_performance", "performance.missing_form", "文字列出的项目“{}”没有绩效目标表")


def _against(lists: pl.DataFrame, sentences: Sentences, figures: pl.DataFrame, statement: str, check_id: str, message: str) -> Found:
    """Names of lists that no row of this statement bears; only documents that print such rows are judged."""
    rows = figures.select("document_id", "statement", "project_name").filter(pl.col("statement") == statement)
    rows = rows.drop_nulls("project_name").unique().select("document_id", row=_bare(pl.col("project_name"))).unique()
    names = sentences.with_each(lists).join(rows.select("document_id").unique(), on="document_id", how="semi", maintain_order="left")
    names = names.with_columns(name=pl.col("listed").str.split("、")).explode("name", empty_as_null=True, keep_nulls=True)
    names = names.filter(pl.col("name").str.len_chars() >= SHORTEST, ~pl.col("name").str.contains(GENERAL))
    names = names.with_columns(item=_bare(pl.col("name")), at=pl.col("text").str.find(pl.col("name"), literal=True))
    pairs = names.join(rows, on="document_id").filter(
        pl.col("row").str.contains(pl.col("item"), literal=True) | pl.col("item").str.contains(pl.col("row"), literal=True)
    )
    missing = names.join(pairs.select("document_id", "item").unique(), on=["document_id", "item"], how="anti", maintain_order="left")
    found = placed(missing.select("document_id", "paragraph", "name", "at"), sentences.pieces)
    return Found(found.select(notice(check_id.split(".")[1], pl.col("name"), pl.format(message, "name"))), counted(names, check_id))


def _bare(name: pl.Expr) -> pl.Expr:
    """A project's name without what is left out at will: 经费, 费, 项目."""
    return name_key(name).str.replace(r"(?:项目)?(?:经费|费用|费)?(?:项目)?$", "")
