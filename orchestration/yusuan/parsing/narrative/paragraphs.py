"""From lines to paragraphs: sentences broken by a page or by the right margin are made whole, headings become paths.

A paragraph knows its section (the path of headings above it), the item that it is numbered as, and its block: paragraphs that
belong together because one announces the next (…其中：) or because they are items of one list. What a sentence says is decided elsewhere.
"""

import polars as pl

from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.narrative.runs import carried
from yusuan.parsing.narrative.wording import any_of, unit_pattern
from yusuan.parsing.text import squash

PAGE_NUMBER = r"^[-—─–―·.]*\d{1,4}[-—─–―·.]*$|^第\d+页(?:[,/]?共\d+页)?$"
DECORATION = "#-•·◆●■※*"
LONGEST_PAGE_NUMBER = 40
# Numbering, from the outermost to the innermost: 第一部分, 一、, （一）, 1., （1）.
LEVELS = [
    r"^第[一二三四五六七八九十\d]{1,3}部分",
    r"^[一二三四五六七八九十]{1,3}[、.]",
    r"^\([一二三四五六七八九十]{1,3}\)",
    r"^\d{1,2}(?:、|\.\D)",
    r"^\(\d{1,2}\)",
]
HEADING_LEVELS = 4
LONGEST_HEADING = 60
LONGEST_ITEM_HEADING = 30
LONGEST_TITLE = 40
# A numbered paragraph: its name stands before the first stop or figure.
NUMBER = r"[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[、.]|\(\d{1,2}\)"
ITEM = rf"^(?:{NUMBER})([^。:,;\d]+)"
# A、B and C cost so much each. 具体情况如下： what follows tells of each of them; it lists no parts of the last.
DETAILS = r"\d[万亿]?元[^。]*\d[万亿]?元[^。]*。[^。\d]*如下:$"
# A field of a form printed as a line (项目名称：…) begins a paragraph; in a paged text the same look may be a mere line break.
FIELD = r"^[\p{Han}()]{2,12}:."
SHORTEST_RUNNING = 10
# A cell of so many clauses holds a sentence, also one without its stop.
CLAUSES = 3
# In paged text a line that ends this many characters before the right margin is the last of its paragraph. A figure that did not fit
# (161.62万元) leaves a wider gap than a word does.
MARGIN = 3
MARGIN_OPEN = 8
INDENT = 1.2


def paragraphs_of(lines: pl.DataFrame, texts: LineTexts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(paragraphs, places): document_id, paragraph, section, item, project, text, block, is_cell, opens; where each line begins in its
    paragraph.

    `lines` are those of all readers (yusuan.reading.frames) with the text_id of their `texts`. `opens` is true for a paragraph that the
    one before announces with a colon as a part of the figure that it ends with. `project` is the project that a field of the same section
    has named (项目名称：…).
    """
    prose = _prose(lines, texts)
    prose = _numbered(prose)
    prose = _joined(prose)
    places = prose.filter("told").select("document_id", "paragraph", "line", "page", "offset")
    paragraphs = (
        prose.filter("told")
        .group_by("paragraph", maintain_order=True)
        .agg(pl.col("document_id", "section", "is_cell", "level", "barrier").first(), "text")
        # Joining the lists takes a quarter of the time of joining in each group.
        .with_columns(pl.col("text").list.join(""))
    )
    return _blocks(paragraphs), places


def _prose(lines: pl.DataFrame, texts: LineTexts) -> pl.DataFrame:
    """Lines outside of grids, and cells of grids that hold whole sentences, squashed and with _forms; page numbers are gone."""
    columns = ["document_id", "line", "page", "barrier", "x0", "x1"]
    free = pl.col("grid").is_null()
    lines = lines.select(*columns[:3], "x0", "x1", "grid", "text", "text_id", barrier=(~free).cum_sum())
    running = lines.filter(free, pl.col("text") != "").select(*columns, "text_id", is_cell=pl.lit(False))
    stop = pl.col("text").str.contains("。", literal=True) | (pl.col("text").str.count_matches("，", literal=True) >= CLAUSES - 1)
    cells = (
        lines.filter(~free, texts.told(stop & pl.col("text").str.contains(r"\d")))
        .select(*columns[:4], pl.col("text").str.split("\t"), x0=pl.lit(None, pl.Float32), x1=pl.lit(None, pl.Float32))
        .explode("text", empty_as_null=True, keep_nulls=True)
        .filter(stop)
        .with_columns(is_cell=pl.lit(True))
    )
    # A cell is only a part of its line: its text is numbered behind those of the lines.
    of_cells = cells.select("text").unique().with_row_index("text_id", offset=texts.texts.height)
    cells = cells.join(of_cells, on="text", maintain_order="left").drop("text")
    prose = pl.concat([running, cells.select(running.columns)]).sort("document_id", "line", maintain_order=True)
    of_lines = texts.texts.select("squashed").with_row_index("text_id")[running["text_id"].unique()]
    printed = pl.concat([of_lines, of_cells.select("text_id", squashed=squash(pl.col("text")))])
    forms = printed.select("text_id", text=pl.col("squashed").str.strip_chars_start(DECORATION).str.replace_all("**", "", literal=True))
    short = pl.when(pl.col("text").str.len_bytes() <= LONGEST_PAGE_NUMBER).then(pl.col("text"))
    forms = forms.filter(pl.col("text") != "", ~short.str.contains(PAGE_NUMBER).fill_null(False)).with_columns(_forms())
    # What is missing among the forms is a page number, or nothing.
    return prose.join(forms, on="text_id", maintain_order="left").drop("text_id")


def _forms() -> list[pl.Expr]:
    """What a line's text alone tells of it, whatever stands around it."""
    text = pl.col("text")
    size = text.str.len_chars()
    level = pl.coalesce(pl.when(text.str.contains(pattern)).then(pl.lit(number, pl.Int32)) for number, pattern in enumerate(LEVELS, 1))
    return [
        size.alias("size"),
        level.alias("level"),
        text.str.contains(f"{any_of('heading_end')}[:。]?$").alias("ends"),
        (~text.str.contains(r"[,。;]") & ~text.str.contains(r"\d" + unit_pattern()) & (size <= LONGEST_HEADING)).alias("plain"),
        (text.str.ends_with("。") & ~text.str.contains("[,;]") & (size <= LONGEST_HEADING)).alias("sentence"),
        ((size <= LONGEST_TITLE) & ~text.str.contains("[,。;:]") & text.str.contains(f"{any_of('title_end')}$")).alias("titular"),
        ((size <= LONGEST_TITLE) & ~text.str.contains("[,。;]")).alias("short"),
        text.str.contains("[。;:!?]$").alias("ended"),
        text.str.contains("[,、(]$").alias("hanging"),
        text.str.contains(FIELD).alias("field"),
    ]


def _numbered(prose: pl.DataFrame) -> pl.DataFrame:
    """Headings, and the section that each line stands in."""
    text, size = pl.col("text"), pl.col("size")
    bare = pl.col("plain") | (pl.col("sentence") & pl.col("ends"))
    title = pl.col("level").is_null() & pl.col("titular")
    prose = prose.with_columns(
        heading=~pl.col("is_cell")
        & (
            ((pl.col("level") < HEADING_LEVELS) & bare)
            | ((pl.col("level") == HEADING_LEVELS) & bare & pl.col("ends") & (size <= LONGEST_ITEM_HEADING))
            | title
        ).fill_null(False)
    )
    # The second line of a heading that was too long for one, or the name under 第一部分.
    unfinished = (pl.col("heading") & ~pl.col("ends") & (pl.col("level") < HEADING_LEVELS)).fill_null(False)
    tail = (
        unfinished.shift(1, fill_value=False)
        & _same_as_before("document_id", "barrier")
        & pl.col("level").is_null()
        & pl.col("ends")
        & pl.col("short")
    )
    prose = prose.with_columns(tail=tail).with_columns(
        told=~pl.col("heading") & ~pl.col("tail"),
        title=pl.when("heading")
        .then(pl.when(pl.col("tail").shift(-1, fill_value=False)).then(text + text.shift(-1)).otherwise(text))
        .str.strip_chars_end(":。"),
        # A title without a number opens a part of its own.
        depth=pl.when(pl.col("heading") & ~pl.col("tail")).then(pl.col("level").fill_null(1)),
        nth=pl.int_range(pl.len(), dtype=pl.Int32),
    )
    return _sections(prose)


def _sections(prose: pl.DataFrame) -> pl.DataFrame:
    depths = range(1, HEADING_LEVELS + 1)
    begin = pl.when((pl.col("document_id") != pl.col("document_id").shift(1)).fill_null(True)).then(pl.col("nth")).forward_fill()
    prose = prose.with_columns(begin=begin)
    for depth in depths:
        last = pl.when(pl.col("depth") == depth).then(pl.col("nth")).forward_fill()
        # A heading of another document is none.
        prose = prose.with_columns(pl.when(last >= pl.col("begin")).then(last).otherwise(-1).alias(f"at{depth}"))
    parts = []
    for depth in depths:
        place = pl.col(f"at{depth}")
        open_ = (place >= 0) if depth == 1 else place > pl.max_horizontal(f"at{above}" for above in range(1, depth))
        parts.append(pl.when(open_).then(place).alias(f"at{depth}"))
    prose = prose.with_columns(parts)
    path = pl.concat_str([pl.col("title").gather(pl.col(f"at{depth}")) for depth in depths], separator="/", ignore_nulls=True)
    return prose.with_columns(section=path).drop("begin", *(f"at{depth}" for depth in depths))


def _joined(prose: pl.DataFrame) -> pl.DataFrame:
    """paragraph (a number over the batch) and the offset of each line in its paragraph."""
    size = pl.col("size")
    running = size >= SHORTEST_RUNNING
    page = ["document_id", "page"]
    width = (pl.col("x1") - pl.col("x0")) / size
    prose = prose.with_columns(
        width=width,
        right=pl.when(running & pl.col("told")).then(pl.col("x1")).max().over(page),
        left=pl.when(running & pl.col("told")).then(pl.col("x0")).min().over(page),
    )
    measured = pl.col("x1").is_not_null() & pl.col("right").is_not_null()
    gap = (pl.col("right") - pl.col("x1")) / pl.col("width")
    full = pl.when(measured).then((gap <= MARGIN) | ((gap <= MARGIN_OPEN) & ~pl.col("ended")) | pl.col("hanging"))
    indented = pl.when(measured).then((pl.col("x0") - pl.col("left")) / pl.col("width") > INDENT)
    prose = prose.with_columns(full=full.otherwise(~pl.col("ended") & running), indented=indented, measured=measured)
    field = ~pl.col("measured") & pl.col("field")
    continues = (
        pl.col("full").shift(1, fill_value=False)
        & pl.col("told").shift(1, fill_value=False)
        & pl.col("told")
        & _same_as_before("document_id", "barrier")
        & pl.col("level").is_null()
        & ~pl.col("is_cell")
        & ~pl.col("is_cell").shift(1, fill_value=False)
        & ~pl.col("indented").fill_null(False)
        & ~field
    )
    prose = prose.with_columns(begins=~continues, before=size.cum_sum() - size)
    begin = pl.when("begins").then("before").forward_fill()
    return prose.with_columns(paragraph=pl.col("begins").cum_sum(), offset=pl.col("before") - begin)


def _blocks(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """block: a paragraph that announces, the paragraphs it announces, and the further items of one list."""
    text = pl.col("text")
    last = text.str.slice(-1, 1).shift(1)
    near = _same_as_before("document_id", "barrier", "section") & ~pl.col("is_cell")
    announced = near & last.is_in([":", ";", ",", "、"]).fill_null(False)
    sibling = near & (pl.col("level") == pl.col("level").shift(1)).fill_null(False)
    refers = near & text.str.contains(rf"^(?:{any_of('opener')}|[比与较同](?:{any_of('previous')}|20\d\d年))")
    field = text.str.extract(rf"^(?:{NUMBER})?{any_of('project_field')}:(.+?)[,;。]?$", 1)
    paragraphs = paragraphs.with_columns(part=(~_same_as_before("document_id", "section")).cum_sum())
    paragraphs = paragraphs.with_columns(
        block=(~(announced | sibling | refers)).cum_sum(),
        opens=announced & (last == ":").fill_null(False) & ~text.shift(1).str.contains(DETAILS).fill_null(False),
        # Few paragraphs begin like an item.
        item=pl.when(text.str.contains(r"^[一二三四五六七八九十(\d]")).then(text).str.extract(ITEM, 1),
        project=carried(pl.when(~pl.col("is_cell")).then(field), "part"),
        named=near & text.shift(1).str.contains(rf"{ITEM}。?$") & pl.col("level").is_null(),
    )
    # 1.行政运行（项）。 is a paragraph of its own, and the item of the next.
    item = pl.when("named").then(pl.col("item").shift(1)).otherwise("item")
    return paragraphs.with_columns(item=item).drop("part", "named")


def _same_as_before(*names: str) -> pl.Expr:
    return pl.all_horizontal((pl.col(name) == pl.col(name).shift(1)).fill_null(False) for name in names)
