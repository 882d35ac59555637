"""Tables that a text conversion laid out with spaces, as rows delimited by tabs.

Three forms: every tab written as the same number of spaces, as one space, and columns aligned by padding, as a print of a page is.
In the last a column is where the figures and labels of the rows overlap, counted in half widths (a Chinese character takes two) or,
where more cells stand below each other that way, in characters.
Blocks of prose and captions are left alone.
"""

import polars as pl

# What takes two half widths; a filler after each makes the index of a character its place on the line.
WIDE = r"([\x{1100}-\x{115f}\x{2018}-\x{201d}\x{2460}-\x{24ff}\x{2e80}-\x{fe6f}\x{ff01}-\x{ff60}\x{ffe0}-\x{ffe6}])"
FILLER = "\x01"
BLANKS = [(" " * k, FILLER * k) for k in range(2, 9)]
TOKEN = r"[^ ]+(?: [^ ]+)*"
GAP = r"^ *| {2,}"
GAP_BEFORE_FIGURE = r"\S(?: {2,}| *\x{3000}+ *)-?\d"
NUMBER = r"^-?[\d,]*\d(?:\.\d+)?$"
# 其中：财政拨款 840 in the money block of a form.
LABELLED = r"(?:总额|拨款|资金|自筹)\s*[:：]?\s*-?[\d,]*\d(?:\.\d+)?$"
CAPTION = r"单位\s*[:：]|^第?\s*\d+\s*页?$"
# A table has a row of several figures or several rows of one, and not only lone labels.
FEWEST_FIGURES = 2
SEVERAL_CELLS = 0.2
# So many lines of labels without a figure, or rows of several, are no heading of the table below them.
FEWEST_LABELS = 3
# Or all its rows are indented, as rows are whose first columns are blank.
INDENTED = 0.9
# Labels that are spaced to fill their cell (合  计); their characters are one cell.
SPACED = (
    "收入总计", "支出总计", "功能分类", "财政拨款", "科目编码", "科目名称", "预算数", "决算数", "合计", "总计", "小计", "收入", "支出",
    "项目", "金额", "名称", "备注", "单位",
)  # fmt: skip
EVEN_GAPS = 0.9
LEAST_GAP, MOST_BELOW = 2, 0.9
FLUSH, MOST_BLANK = 0.5, 2
# Two figures with one space between them; so many such rows are no accident.
FIGURES_APART = r"\S -?[\d,]+\.\d+ -?[\d,]+\.\d+(?: |$)"
FEWEST_ROWS = 5
FIGURE = r"(?:^| )-?[\d,]+\.\d+(?: |$)"
FORM = "[一二三]级指标|资金总额"
TITLE = "表(?:[（(][^）)]*[）)])?$"
WIDE_GAP = r"\S {3,}-?\d"
SENTENCE = "[。；，]"
USUAL_GAPS = 0.4


def spaces_to_tabs(lines: pl.DataFrame) -> pl.DataFrame:
    """`lines` (document_id, line, text) with tabs between the cells of tables, in documents whose rows have gaps and hardly any tabs."""
    return _gaps_to_tabs(single_spaces_to_tabs(lines))


def single_spaces_to_tabs(lines: pl.DataFrame) -> pl.DataFrame:
    """The same where one space stands for a tab: two spaces are a blank cell between two others.

    Figures one space apart are rows; such a text has no tabs. What stands with rows in one block is a row too, but for sentences.
    """
    text = pl.col("text")
    figured = text.str.contains(FIGURES_APART)
    tabs = text.str.contains("\t", literal=True)
    single = lines.group_by("document_id").agg(
        single=(figured.sum() >= FEWEST_ROWS) & (figured.sum() > 2 * (tabs | text.str.contains(WIDE_GAP)).sum())
    )
    single = single.filter("single").select("document_id")
    if single.is_empty():
        return lines
    some = lines.join(single, on="document_id", how="semi", maintain_order="left")
    title = text.str.contains(TITLE) & ~text.str.contains(FIGURE)
    divides = (text.str.strip_chars() == "") | text.str.contains(CAPTION) | text.str.contains(SENTENCE) | title
    fresh = divides | (pl.col("document_id") != pl.col("document_id").shift(1)).fill_null(True)
    some = some.with_columns(divides=divides, block=fresh.cum_sum()).filter(~pl.col("divides"))
    some = some.filter((text.str.contains(FIGURE) | text.str.contains(FORM)).any().over("block"))
    tabbed = _unspaced(text).str.replace_all(" ", "\t", literal=True).str.replace_all(FILLER, "", literal=True)
    rows = some.select("document_id", "line", tabbed=tabbed)
    lines = lines.join(rows, on=["document_id", "line"], how="left", maintain_order="left")
    return lines.with_columns(text=pl.coalesce("tabbed", "text")).drop("tabbed")


def _gaps_to_tabs(lines: pl.DataFrame) -> pl.DataFrame:
    gaps = pl.col("text").str.contains(GAP_BEFORE_FIGURE)
    tabs = pl.col("text").str.contains("\t", literal=True)
    spaced = lines.group_by("document_id").agg(spaced=gaps.sum() > tabs.sum()).filter("spaced").select("document_id")
    if spaced.is_empty():
        return lines
    candidates = lines.join(spaced, on="document_id", how="semi", maintain_order="left").filter(~tabs)
    tokens = _tokens(_blocks(candidates))
    if tokens.is_empty():
        return lines
    tokens = _regions(tokens, candidates.filter(pl.col("text").str.strip_chars() != ""))
    rows = pl.concat([_evenly_spaced(tokens), _aligned(tokens)])
    lines = lines.join(rows, on=["document_id", "line"], how="left", maintain_order="left")
    return lines.with_columns(text=pl.coalesce("tabbed", "text")).drop("tabbed")


def _blocks(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines of runs without a blank line or a caption between them, numbered through the batch; a stretch has no caption within."""
    padded = pl.col("text").str.replace_all("\x1f", "").str.replace_all("\u3000", "  ")
    text = padded.str.strip_chars_end()
    lines = lines.with_columns(shown=_unspaced(text), trail=padded.str.len_chars() - text.str.len_chars())
    divides = (pl.col("shown") == "") | pl.col("shown").str.contains(CAPTION)
    lines = lines.with_columns(divides=divides)
    first = (pl.col("document_id") != pl.col("document_id").shift(1)).fill_null(True)
    caption = pl.col("divides") & (pl.col("shown") != "")
    lines = lines.with_columns(block=(pl.col("divides") | first).cum_sum(), stretch=(caption | first).cum_sum())
    return lines.filter(~pl.col("divides")).select("document_id", "line", "block", "stretch", "shown", "trail")


def _unspaced(text: pl.Expr) -> pl.Expr:
    """合  计 with fillers for its blanks, so that it is one cell and what follows keeps its place."""
    forms = {gap.join(word): filler.join(word) for word in SPACED for gap, filler in BLANKS}
    # The letters of a title stand equally far apart; those of two headings (收 入    支 出) do not.
    title = text.str.contains("|".join(rf"^ *\p{{Han}}(?: {{{k},{k + 1}}}\p{{Han}}){{3,}}$" for k in range(1, 9)))
    return pl.when(title).then(text.str.replace_all(" ", FILLER, literal=True)).otherwise(text.str.replace_many(forms, leftmost=True))


def _tokens(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per cell of the blocks that are tables: start and end, the gap before it, and its text."""
    wide = lines.with_columns(wide=pl.col("shown").str.replace_all(WIDE, "${1}" + FILLER))
    tokens = wide.select(
        "document_id",
        "line",
        "block",
        "stretch",
        "trail",
        said=pl.col("shown").str.contains(f"{SENTENCE}|{TITLE}"),
        text=pl.col("wide").str.extract_all(TOKEN),
        plain=pl.col("shown").str.extract_all(TOKEN),
        gap=pl.col("wide").str.extract_all(GAP),
    ).filter(pl.col("text").list.len() == pl.col("gap").list.len())
    tokens = tokens.explode("text", "plain", "gap").with_columns(pl.col("gap").str.len_chars())
    text, plain = pl.col("text"), pl.col("plain")
    tokens = _in_places(
        tokens.with_columns(text.str.replace_all(FILLER, "", literal=True), wide=text.str.len_chars(), plain=plain.str.len_chars())
    )
    number = text.str.contains(NUMBER) | text.str.contains(LABELLED)
    tokens = tokens.with_columns(cells=pl.len().over("document_id", "line"), figures=number.sum().over("document_id", "line"))
    tokens = tokens.with_columns(figured=pl.col("figures") > 0)
    each = (
        tokens.unique(["document_id", "line"], keep="first")
        .group_by("block")
        .agg(
            pl.col("stretch").first(),
            pl.col("said").any(),
            lines=pl.len(),
            several=(pl.col("cells") > 1).mean(),
            indented=(pl.col("gap") > 1).mean(),
            figures=pl.col("figures").filter(pl.col("cells") > 1).sum(),
        )
    )
    divided = (pl.col("several") >= SEVERAL_CELLS) | (pl.col("indented") >= INDENTED)
    each = each.sort("block").with_columns(divided=divided, table=divided & (pl.col("figures") >= FEWEST_FIGURES))
    # A page of a table may hold a figure or none, a blank line may follow its header: what stands around them, between blank lines
    # only, tells what they are.
    before, after = (pl.col("table").shift(step, fill_value=False).over("stretch") for step in (1, -1))
    figured = (pl.col("figures") > 0) & (before | after)
    heads = pl.col("several") == 1
    labels = ((heads & after) | ((pl.col("lines") >= FEWEST_LABELS) & before & after)) & ~pl.col("said")
    tables = each.filter(pl.col("table") | (pl.col("divided") & (figured | labels))).select("block")
    return tokens.join(tables, on="block", how="semi", maintain_order="left")


def _in_places(tokens: pl.DataFrame) -> pl.DataFrame:
    """`tokens` (gap, wide and plain: their length in half widths and in characters) with start and end, in what their document counts, and
    below: the share of its cells that begin or end right below or above another one."""
    line = ["document_id", "line"]
    ends = {name: (pl.col("gap") + pl.col(name)).cum_sum().over(line) for name in ("wide", "plain")}
    tokens = tokens.with_columns(end_wide=ends["wide"], end_plain=ends["plain"])
    tokens = tokens.with_columns(start_wide=pl.col("end_wide") - pl.col("wide"), start_plain=pl.col("end_plain") - pl.col("plain"))
    below = {name: pl.any_horizontal(pl.len().over("block", f"{edge}_{name}") > 1 for edge in ("start", "end")) for name in ends}
    share = {name: pl.col(name).mean() for name in ends}
    documents = tokens.with_columns(**below).group_by("document_id")
    counted = documents.agg(plain=share["plain"] > share["wide"], below=pl.max_horizontal(*share.values()))
    tokens = tokens.drop("wide", "plain").join(counted, on="document_id", how="left", maintain_order="left")
    return tokens.with_columns(
        pl.when("plain").then(f"{edge}_plain").otherwise(f"{edge}_wide").alias(edge) for edge in ("start", "end")
    ).drop("plain", "start_wide", "start_plain", "end_wide", "end_plain")


def _regions(tokens: pl.DataFrame, filled: pl.DataFrame) -> pl.DataFrame:
    """`tokens` with region: blocks between which nothing but blank lines stands may be one table that goes over pages."""
    tabular = tokens.select("document_id", "line").unique().with_columns(tabular=pl.lit(True))
    filled = filled.select("document_id", "line").join(tabular, on=["document_id", "line"], how="left", maintain_order="left")
    regions = filled.with_columns(region=pl.col("tabular").is_null().cum_sum()).select("document_id", "line", "region")
    return tokens.join(regions, on=["document_id", "line"], how="left", maintain_order="left")


def _areas(tokens: pl.DataFrame) -> pl.DataFrame:
    """block, area: neighbours in a region have their columns in common, unless that would make two cells of a row one."""
    alone = _filled(tokens, "block").group_by("block").agg(own=pl.len())
    blocks = tokens.select("document_id", "region", "block").unique().sort("block").join(alone, on="block", maintain_order="left")
    before = pl.col("block").shift(1).over("document_id", "region")
    pairs = blocks.with_columns(before=before, pair=pl.col("block")).filter(pl.col("before").is_not_null())
    pairs = pl.concat([pairs.select("pair", "block"), pairs.select("pair", block="before")])
    fits = _fits(tokens.join(pairs, on="block"), "pair", alone)
    blocks = blocks.join(fits.rename({"pair": "block"}), on="block", how="left", maintain_order="left")
    chains = blocks.with_columns(area=(~pl.col("fits").fill_null(False)).cum_sum())
    whole = _fits(tokens.join(chains.select("block", "area"), on="block"), "area", alone)
    together = chains.join(whole.rename({"fits": "all_fit"}), on="area")
    return together.select(
        "block", area=pl.when("all_fit").then(2 * pl.col("area").cast(pl.Int64)).otherwise(2 * pl.col("block").cast(pl.Int64) + 1)
    )


def _fits(tokens: pl.DataFrame, within: str, alone: pl.DataFrame) -> pl.DataFrame:
    """`within`, fits: whether the columns that these blocks have in common keep all the cells that each has `alone`."""
    joint = _filled(tokens, within).group_by(within, "block").agg(joint=pl.len()).join(alone, on="block")
    return joint.group_by(within).agg(fits=(pl.col("joint") == pl.col("own")).all())


def _filled(tokens: pl.DataFrame, within: str) -> pl.DataFrame:
    """The cells (block, line, left) that the tokens fill in the columns which those of one block or area have in common."""
    joined = tokens.join(_columns(tokens, within), on=within).filter(pl.col("start") >= pl.col("left"), pl.col("start") < pl.col("right"))
    return joined.select(*dict.fromkeys(["block", within]), "document_id", "line", "left").unique()


def _even(tokens: pl.DataFrame) -> pl.DataFrame:
    """document_id, step: documents whose gaps are multiples of one width, but for gaps inside spaced labels (合  计).

    Padding to columns gives gaps of many widths; the one that most gaps have is a written tab.
    """
    inner = tokens.filter(pl.col("gap") > 1)
    steps = inner.group_by("document_id").agg(step=pl.col("gap").mode().min())
    inner = inner.join(steps, on="document_id")
    even = inner.group_by("document_id", "step").agg(
        pl.col("below").first(), even=((pl.col("gap") % pl.col("step")) == 0).mean(), usual=(pl.col("gap") == pl.col("step")).mean()
    )
    # Two spaces are also the least that padding leaves; then hardly a cell stands below none.
    padded = (pl.col("step") <= LEAST_GAP) & (pl.col("below") >= MOST_BELOW)
    return even.filter(pl.col("even") >= EVEN_GAPS, pl.col("usual") >= USUAL_GAPS, ~padded).select("document_id", "step")


def _evenly_spaced(tokens: pl.DataFrame) -> pl.DataFrame:
    placed = tokens.join(_even(tokens), on="document_id", maintain_order="left")
    return _tabbed(placed.with_columns(tabs=pl.col("gap") // pl.col("step"), after=pl.col("trail") // pl.col("step")))


def _aligned(tokens: pl.DataFrame) -> pl.DataFrame:
    tokens = tokens.join(_even(tokens), on="document_id", how="anti", maintain_order="left")
    tokens = tokens.join(_areas(tokens.filter("figured")), on="block", how="left", maintain_order="left")
    # Blocks of one area share their columns; a block without a figure stands over the next one of its region, or has its own.
    area = pl.col("area").backward_fill().over("document_id", "region", order_by="line")
    tokens = tokens.with_columns(block=pl.coalesce(area, -1 - pl.col("block").cast(pl.Int64)))
    body = _columns(tokens.filter("figured"))
    heads = tokens.filter(~pl.col("figured"))
    over = heads.join(body, on="block").filter(pl.col("start") < pl.col("right"), pl.col("end") > pl.col("left"))
    lone = _over_figures(heads.join(over, on=["document_id", "line", "start"], how="anti"), over, body)
    body = _columns(pl.concat([body.rename({"left": "start", "right": "end"}), lone.select("block", start="start", end="right")]))
    loose = _columns(
        heads.join(lone, on=["document_id", "line", "start"], how="anti").join(over, on=["document_id", "line", "start"], how="anti")
    )
    columns = pl.concat([body, loose]).sort("block", "left").join(_blank_before(tokens), on="block", how="left", maintain_order="left")
    columns = columns.with_columns(column=pl.int_range(pl.len()).over("block") + pl.col("blank").fill_null(0)).drop("blank")
    placed = tokens.join(columns, on="block", maintain_order="left")
    placed = placed.filter(pl.col("start") < pl.col("right"), pl.col("end") > pl.col("left"))
    placed = placed.unique(["document_id", "line", "start"], keep="first", maintain_order=True)
    cells = placed.group_by("document_id", "line", "column", maintain_order=True).agg(pl.col("text").str.join(" "))
    before = pl.col("column").shift(1).over("document_id", "line").fill_null(0)
    return _tabbed(cells.with_columns(tabs=pl.col("column") - before, after=pl.lit(0, pl.UInt32)))


def _blank_before(tokens: pl.DataFrame) -> pl.DataFrame:
    """block, blank: how many columns without any text a block begins with. Only what stands between columns is left of them: all its lines
    are indented by that, in a document most of whose blocks are not."""
    inner = tokens.filter(pl.col("gap") > 1, pl.col("start") > pl.col("gap"))
    joints = inner.group_by("document_id").agg(joint=pl.col("gap").min())
    indents = tokens.group_by("document_id", "block").agg(pl.min("start"))
    flush = indents.group_by("document_id").agg(flush=(pl.col("start") == 0).mean()).filter(pl.col("flush") >= FLUSH)
    indents = indents.join(joints, on="document_id").join(flush, on="document_id")
    blank = (pl.col("start") // pl.col("joint")).cast(pl.Int64)
    return indents.select("block", blank=blank).filter(pl.col("blank").is_between(1, MOST_BLANK))


def _over_figures(loose: pl.DataFrame, over: pl.DataFrame, body: pl.DataFrame) -> pl.DataFrame:
    """Headings left of the figures that they head (合计 at the left of a column whose figures stand at its right), with its right edge.

    No other heading of their line stands over these figures, and none of another line but one that also stands over them.
    """
    right_of = loose.join(body, on="block").filter(pl.col("left") >= pl.col("end")).sort("left")
    next_ = right_of.unique(["document_id", "line", "start"], keep="first", maintain_order=True)
    headed = over.select("block", "left", other_line="line", from_="start", to="end")
    met = next_.join(headed, on=["block", "left"], how="left")
    beside = (pl.col("other_line") == pl.col("line")) | (pl.col("from_") >= pl.col("end")) | (pl.col("to") <= pl.col("start"))
    kept = met.group_by("document_id", "line", "start").agg(beside=(beside & pl.col("other_line").is_not_null()).any())
    return next_.join(kept.filter(~pl.col("beside")), on=["document_id", "line", "start"], how="semi")


def _columns(tokens: pl.DataFrame, within: str = "block") -> pl.DataFrame:
    """`within`, left, right of each run of places that the tokens of a block (or area) cover."""
    tokens = tokens.select(within, "start", "end").sort(within, "start")
    reach = pl.col("end").cum_max().shift(1).over(within)
    tokens = tokens.with_columns(column=(pl.col("start") >= reach).fill_null(True).cum_sum().over(within))
    return tokens.group_by(within, "column").agg(left=pl.col("start").min(), right=pl.col("end").max()).drop("column")


def _tabbed(cells: pl.DataFrame) -> pl.DataFrame:
    """document_id, line, tabbed: the cells of each line with as many tabs before them (`tabs`) and behind the last (`after`) as columns
    lie there."""
    before = pl.lit("\t").repeat_by("tabs").list.join("")
    # A label alone on its line keeps its column by a tab behind it.
    behind = pl.max_horizontal(pl.col("after").first().cast(pl.UInt32), (pl.len() == 1).cast(pl.UInt32))
    rows = (
        cells.with_columns(text=before + pl.col("text"))
        .group_by("document_id", "line", maintain_order=True)
        .agg(pl.col("text").str.join(""), behind=behind)
    )
    return rows.select("document_id", "line", tabbed=pl.col("text") + pl.lit("\t").repeat_by("behind").list.join(""))
