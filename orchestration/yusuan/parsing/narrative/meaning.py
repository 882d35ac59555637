"""What a figure in a sentence says: level, share, change or count; of what; compared with what.

Works on the rows of `numbers.figures_of`: `sentence_meanings` is what the text itself says, `section_meanings` what it says below its
headings and behind the paragraphs before it. The wording comes from vocabulary/narrative_*.csv; the arithmetic is in `checks`.
"""

import polars as pl

from yusuan.parsing.narrative.runs import before, carried, counted, opening, running_sum
from yusuan.parsing.narrative.wording import any_of, values
from yusuan.parsing.text import QUOTES, once_for_each
from yusuan.parsing.vocabulary import load

YEAR = r"20[0-4]\d年(?:度|末|底)?"
LEAD = r"^(?:[、和及与,(]|(?:收入|支出)(?:预算)?(?:包括|为)|其中|主要包括|包括|具体|分别为|另外|此外|同时|即|含|有)+[:,]?"
COPULA = r"(?:分别|预计)?(?:总额为|总金额为|金额为|规模为|为|是|共计|共有|共|约|近|达到|达|各|均|仅|:)+$"
# “预算数”的实有人员: a quotation that began in an earlier clause.
TORN_QUOTE = r"^[^“]*”的?"
FILLER = r"^(?:根据|按照|截至|截止)[^,]*?,"
NUMBERED = r"^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[、.]|\(\d{1,2}\))"
# What may follow a verb of change before its figure, and 增加（减少） where a form was not filled in.
AFTER_VERB = r"(?:了|约|额|数|率|幅度|幅)?(?:为|达到|达|约)?"
# 与上年预算5万元持平.
SAME = "^(?:相比|相比较)?,?(?:持平|一致|相同|相等|无变化|没有变化|无增减)"
LONGEST_NOUN = 16
# What can be spent, received or classified, as its name ends; before a year it is no publisher's name.
NAMED = r"[^,:]*(?:费用?|支出|收入|[“”\"]?\((?:类|款|项)\))"
# The words right before a figure call it a budget; 一般公共预算支出 does not.
BUDGETED = r"年初预算|预算(?:数|安排|批复|总额|金额)*(?:为|是|:)?$"
BUDGET_AT_END = r"(?:年初|全年)?预算数?$"
# Which figure of a year is meant, and nothing else.
OF_YEAR = r"(?:年初|全年)?(?:预算|决算|执行)数?为?"
# The part before the last colon or comma.
EARLIER = r"(?:^|[,:])([^,:]+)[:,][^,:]*$"


def sentence_meanings(figures: pl.DataFrame) -> pl.DataFrame:
    """Adds kind, sign, compared_with, in_reason, what groups the figures (segment, opener), and what they name: own_subject, noun, buys.

    Also which of several figures of one thing an amount is, as far as the sentence tells: earlier, settled, budgeted, about_both.

    `figures` are sorted by text and place.
    """
    return _names(_kinds(_parallel(_bracketed(_segments(_worded(figures))))))


def section_meanings(figures: pl.DataFrame) -> pl.DataFrame:
    """Adds period, subject, inherits, claim, concept and code to what sentence_meanings gives, with paragraph, block, section, project,
    and item and heading as with_names gives them.

    `figures` are sorted by paragraph and place.
    """
    return _concepts(_subjects(_periods(figures)))


def with_names(paragraphs: pl.DataFrame) -> pl.DataFrame:
    """Paragraphs with what may stand in for a subject: item as a subject, and heading, the innermost of the section."""
    heading = pl.col("section").str.extract(r"([^/]*)$", 1).str.replace(NUMBERED, "")
    paragraphs = once_for_each(paragraphs, ["section"], heading=heading)
    return once_for_each(paragraphs, ["item"], name=_cleaned(pl.col("item"))).drop("item").rename({"name": "item"})


def _worded(figures: pl.DataFrame) -> pl.DataFrame:
    """What the words before a figure say, whatever the figure is: read once for each wording, since most figures stand behind the same.

    own: the text before the figure inside its part of the sentence (between semicolons); clause: the last part of that.
    """
    words, own, clause = pl.col("before"), pl.col("own"), pl.col("clause")
    verb, previous = any_of("change"), rf"(?:{any_of('previous')}|{YEAR})"
    # 比2024年90000万元减少1000万元: the amount of the year before is no amount of this one.
    versus_year = rf"[比较与同]{previous}[^,]*$"
    last_year = rf"^(?:{any_of('last_year')})(?:年初)?(?:预算|决算|执行|完成|实际|支出|收入|安排)"
    compared = own.str.replace_all("同比", "比上年", literal=True).str.extract(rf"^.*[比较与同和超于]({any_of('previous')}|{YEAR})", 1)
    year = compared.replace_strict({**values("previous")}, default=None, return_dtype=pl.Utf8)
    because = rf"(?:主要)?{any_of('reason')}(?:是|:)?"
    # A clause that names nothing may stand behind the name and a colon: …事业运行（项）：2023年预算数为101.17万元.
    # So may one behind 由小微企业供应商中标或成交的，采购金额.
    introduced = pl.when(own.str.contains(r":[^,:]*$|的,[^,:]*$")).then(own).str.extract(EARLIER, 1)
    wordings = (
        figures.select("before")
        .unique()
        .with_columns(breaks=words.str.contains(";", literal=True), own=words.str.replace(r"^.*;", ""))
        .with_columns(clause=own.str.replace(r"^.*[,:]", "").str.replace(r"^[、)]+", ""))
        .with_columns(
            reasoned=own.str.contains(any_of("reason")),
            goes_on=own.str.contains(f"^{any_of('goes_on')}"),
            opener=own.str.contains(rf"{any_of('opener')}|中[,:]"),
            bracketed=words.str.contains(r"\([^)]*$"),
            closes=words.str.contains(r"^[^(]*\)"),
            compares=own.str.contains(rf"^[比较与同]{previous}"),
            # 决算数小于预算数的主要原因是…，与上年相比减少: the reason is one of another comparison, and ends here.
            of_budget=own.str.contains(rf"预算[^,]*{any_of('reason')}"),
            returns=own.str.contains(rf"(?:^|,)[与比较同](?:{any_of('last_year')}|{YEAR})[^,]*$"),
            lists=clause.str.contains(rf"分别(?:占|(?:{verb})?{AFTER_VERB}|是|有|:)(?:.*的)?$"),
            joined=words.str.contains("^(?:[、,]|,?(?:和|与|及|以及))$"),
            listed_names=_cleaned(clause.str.extract(r"^(.*)分别", 1)),
            said_year=clause.str.extract(r"(20\d\d)年[^,]*$", 1).cast(pl.Int32),
            buying=own.str.contains("安排购置|(?:拟|计划)(?:新增|购置)|新增(?:配置|配备|购置)"),
            bought=clause.str.contains("购置的?$"),
            direct=clause.str.extract(rf"({verb}){AFTER_VERB}(?:\({verb}\))?(?:各|均|约|为|了)?$", 1),
            undecided=clause.str.contains(rf"{verb}{AFTER_VERB}\({verb}\)(?:约|为)?$"),
            versus=clause.str.extract(rf"({any_of('exceeds')}){previous}[^,]*$", 1),
            noun_verb=clause.str.extract(
                rf"^(?:[一二三四五六七八九十]+是|{because}|因|按|并|相应|{any_of('goes_on')})?({verb})了?\p{{Han}}", 1
            ),
            bounded=clause.str.contains(f"{any_of('bound')}(?:约|达到|达)?$"),
            of=clause.str.extract(r"占(.*)$", 1),
            completes=clause.str.contains("完成[^,]*(?:预算|计划)"),
            settled=clause.str.contains(any_of("settled")),
            budgeted=clause.str.contains(BUDGETED),
            bare=clause.str.contains(r"^\(?$"),
            # 占比由12.5%提高到14.7%: what is reached is no change.
            reaches=clause.str.contains(rf"^{verb}(?:到|至)$"),
            is_rate=clause.str.contains(r"(?:率|度|比重|比例|占比)(?:为|达到|达|是|:)?$"),
            earlier=clause.str.contains(f"{versus_year}|{last_year}") & ~clause.str.contains("相比|比较|相较|结转|结余"),
            # 原因是上年预算资金较多，年初预算数为2.7万元，决算数为0.45万元: the part before says of which year.
            dates_back=own.str.contains(rf"(?:^|[,:]){any_of('last_year')}[^,:]*,{OF_YEAR}$"),
            of_year=clause.str.contains(rf"^{OF_YEAR}$"),
            compared=pl.coalesce(year, compared.str.replace("(?:度|末|底)$", "")),
            introduced=_cleaned(introduced).str.replace_all("^由|的$", ""),
            changing=_changing(clause),
            shared=clause.str.replace(r"(?:占|完成).*$|^的$", ""),
        )
    )  # fmt: skip
    return figures.join(wordings, on="before", how="left", maintain_order="left")


def _changing(clause: pl.Expr) -> pl.Expr:
    """What changes: the noun behind the verb (增加基本支出844万元), or what stands before it (收、支总计各减少490万元)."""
    previous = rf"(?:{any_of('previous')}|{YEAR})"
    verb = f"(?:{any_of('change')}|{any_of('exceeds')})"
    behind = clause.str.extract(rf"{verb}了?(\p{{Han}}[^,]*)$", 1)
    behind = pl.when(~behind.str.contains(rf"^{previous}|^(?:额|率|幅|为|约|达|各|均)+$")).then(behind)
    named_before = clause.str.replace(rf"{verb}[^,]*$", "")
    named_before = named_before.str.replace(rf"^[与同和比较]{previous}[^,]*?(?:相比较?|相较)", "").str.replace(
        rf"[比较与同和]{previous}[^,]*$", ""
    )
    return pl.when(behind.str.len_chars() > 1).then(behind).otherwise(named_before)


def _segments(figures: pl.DataFrame) -> pl.DataFrame:
    """segment: a number for each part of a sentence; in_reason: the figure only explains another."""
    figures = figures.with_columns(first=pl.col("sentence") != pl.col("sentence").shift(1, fill_value=-1))
    figures = figures.with_columns(segment=(pl.col("first") | pl.col("breaks")).cum_sum())
    starts = pl.col("segment") != pl.col("segment").shift(1, fill_value=0)
    figures = figures.with_columns(goes_on=starts & pl.col("goes_on"))
    last_reason = carried(pl.when("reasoned").then("of_budget"), "segment").fill_null(False)
    reason = pl.col("reasoned") & ~(pl.col("of_budget") & pl.col("returns"))
    explains = pl.when(last_reason & pl.col("returns")).then(False).when("reasoned").then(True)
    by_segment = carried(explains, "segment").fill_null(False)
    sentence_reason = running_sum(reason, "sentence") > 0
    return figures.with_columns(in_reason=by_segment | ((running_sum(pl.col("goes_on"), "segment") > 0) & sentence_reason))


def _bracketed(figures: pl.DataFrame) -> pl.DataFrame:
    """in_bracket: the figure stands in a bracket behind another: 基本支出80万元（人员经费60万元、公用经费20万元），占80%."""
    inside = pl.when("bracketed").then(True).when("closes").then(False)
    return figures.with_columns(in_bracket=carried(inside, "sentence").fill_null(False)).drop("bracketed", "closes")


def _parallel(figures: pl.DataFrame) -> pl.DataFrame:
    """Figures of one list (分别为60万元和40万元、分别占60%和40%): run_place, run_size and run_name, what of the names before 分别 is meant.

    Without a list run_size is null. The later figures of a list are of the kind of its first.
    """
    goes_on = pl.when("lists").then(True).when(~pl.col("joined")).then(False)
    run = pl.when(carried(goes_on, "sentence")).then(pl.col("lists").cum_sum())
    figures = figures.with_columns(run=run).with_columns(run_place=counted("run"), run_size=pl.len().over("run"))
    several = pl.col("run").is_not_null() & (pl.col("run_size") > 1)
    figures = figures.with_columns(
        pl.when(several).then("run_size"),
        *(pl.when(several).then(carried(name, "run")).otherwise(name).alias(name) for name in ("of", "direct")),
        names=carried(pl.when("lists", pl.col("listed_names") != "").then("listed_names"), "sentence"),
    )
    lists = figures.filter(several).select("names", "run_size").unique().with_columns(split=_named_list(pl.col("names")))
    figures = figures.join(lists, on=["names", "run_size"], how="left", maintain_order="left")
    name = pl.col("split").list.get(pl.col("run_place"), null_on_oob=True)
    return figures.with_columns(run_name=name).drop("lists", "joined", "listed_names", "names", "split", "run")


def _named_list(names: pl.Expr) -> pl.Expr:
    """The names of a list in the one way of dividing it that gives as many as there are figures: 和 divides, or is part of a name."""
    ways = [names, names.str.replace(r"(?:以及|和|与|及)([^、]*)$", "、${1}"), names.str.replace_all("以及|和|与|及", "、")]
    ways = [way.str.split("、") for way in ways]
    return pl.coalesce(pl.when(way.list.len() == pl.col("run_size")).then(way) for way in ways)


def _kinds(figures: pl.DataFrame) -> pl.DataFrame:
    """kind and sign. A verb of change stands right before its figure (减少0.08万元), or before what is counted (增加工作人员15名)."""
    signs = values("change") | values("exceeds")
    money_or_count = pl.col("unit_kind").is_in(["amount", "count"])
    # 不少于8人 is a target, not a fact.
    figures = figures.filter(~pl.col("bounded"))
    figures = figures.with_columns(
        verb=pl.coalesce("direct", pl.when(money_or_count).then(pl.coalesce("versus", "noun_verb"))),
        # 占项目总数70个的97%: what it is a share of stands before the figure before.
        of=pl.col("of").fill_null(pl.when(pl.col("clause") == "的").then(before("of", "sentence"))),
        follows=(pl.col("unit_kind").shift(1) == "amount").fill_null(False) & ~pl.col("first") & pl.col("bare"),
    )
    percent = pl.col("unit_kind") == "percent"
    sign = pl.when(~pl.col("undecided")).then(pl.col("verb").replace_strict(signs, default=None, return_dtype=pl.Utf8))
    share = pl.col("of").is_not_null() | pl.col("completes") | pl.col("follows")
    share |= pl.col("reaches") & before("of", "sentence").is_not_null()
    kind = (
        pl.when(percent & share)
        .then(pl.lit("share"))
        .when(percent & pl.col("verb").is_not_null())
        .then(pl.lit("change_percent"))
        .when(percent & pl.col("is_rate"))
        .then(pl.lit("share"))
        .when(percent)
        .then(None)
        .when(pl.col("verb").is_not_null())
        .then(pl.lit("change_amount"))
        .otherwise(pl.col("unit_kind"))
    )
    figures = figures.with_columns(kind=kind, sign=sign)
    # 较上年下降0.91%，减少… : what a change is compared with is said once, before the first of its figures.
    level = ~pl.col("kind").is_in(["change_amount", "change_percent"])
    goes_back = pl.col("in_reason") & (pl.col("dates_back") | (pl.col("of_year") & before("dates_back", "segment")))
    earlier = ((pl.col("earlier") | goes_back) & (pl.col("kind") == "amount")).fill_null(False)
    # 2023年预算为40万元，2024年预算为36万元，减少4万元: of two years that a change is told of, the earlier is the one compared with.
    figures = figures.with_columns(changes=level.not_().any().over("sentence"), earlier=earlier)
    figures = figures.with_columns(said_year=pl.when("changes", pl.col("kind") == "amount").then("said_year"))
    dated = (pl.col("said_year") == pl.col("said_year").max().over("sentence") - 1).fill_null(False)
    dated &= ~pl.col("clause").str.contains(any_of("carried"))
    figures = figures.with_columns(
        earlier=pl.col("earlier") | dated,
        compared=pl.when(dated).then(pl.coalesce("compared", pl.format("{}年", "said_year"))).otherwise("compared"),
    )
    earlier = pl.col("earlier")
    figures = figures.with_columns(stays=earlier & pl.col("after").str.contains(SAME))
    figures = figures.with_columns(
        compared_with=pl.when(~level | earlier).then(carried("compared", "text_id")),
        # A sentence that states what came of a budget states the budget beside it; a reason may speak of another year.
        about_both=(pl.col("settled") & (pl.col("kind") == "amount") & ~pl.col("in_reason") | pl.col("completes")).any().over("sentence"),
    )
    return figures.filter(pl.col("kind").is_not_null()).drop(
        "compared",
        "direct",
        "versus",
        "noun_verb",
        "bounded",
        "bare",
        "is_rate",
        "undecided",
        "follows",
        "breaks",
        "reasoned",
        "goes_on",
        "dates_back",
        "of_year",
        "of_budget",
        "returns",
        "said_year",
        "changes",
        "reaches",
    )


def _names(figures: pl.DataFrame) -> pl.DataFrame:
    """own_subject: what the clause itself names; noun: what it counts; buys: that it counts what is bought."""
    changed = pl.col("kind").is_in(["change_amount", "change_percent"])
    raw = pl.when(changed | pl.col("earlier")).then("changing").when(pl.col("kind") == "share").then("shared").otherwise("clause")
    figures = _called(figures.with_columns(raw=raw))
    level = pl.col("kind").is_in(["amount", "count"])
    introduced = pl.when("empty", level).then("introduced")
    named = (
        pl.when(pl.col("run_name").is_not_null())
        .then("run_name")
        .when(~pl.col("empty"))
        .then("named")
        .when(~_empty(introduced))
        .then(introduced)
    )
    counted = (
        pl.when(pl.col("unit_kind") == "count")
        .then(pl.col("after"))
        .str.extract(rf"^([^,;。:、()\d]{{1,{LONGEST_NOUN}}})", 1)
        .str.replace(
            r"(?:和|以?及|进行|开展|实行|编制了|编制绩效|填报|全部|全面|均|为|是|的|分别|财政拨款|构成|组成|等|左右|共|其中|从|在).*$", ""
        )
    )
    # 3个内设机构: what is counted may stand behind its figure.
    count = pl.col("unit_kind") == "count"
    noun = pl.when(count & (counted.str.len_chars() > 0)).then(counted)
    figures = figures.with_columns(own_name=named, noun=noun)
    called = pl.when(count).then(pl.coalesce("noun", pl.col("own_name").str.replace(r"^.*、", ""))).otherwise(pl.col("own_name"))
    # 安排购置车辆0辆，…设备0台: said once, it holds for what follows.
    buys = (running_sum(pl.col("buying"), "segment") > 0) | pl.col("bought")
    figures = _wholes_again(figures.with_columns(own_subject=called, buys=buys))
    return figures.drop(
        "raw",
        "changing",
        "shared",
        "named",
        "empty",
        "introduced",
        "own_name",
        "buying",
        "bought",
        "first",
        "compares",
        "run_name",
    )


def _called(figures: pl.DataFrame) -> pl.DataFrame:
    """named: what the words `raw` name, and whether they are `empty`; read once for each wording."""
    names = figures.select("raw").unique().with_columns(named=_cleaned(pl.col("raw")))
    names = names.with_columns(empty=_empty(pl.col("named")))
    # 公务用车购置费2025年预算数0万元: behind the year only says which figure of it is meant.
    dated = pl.when("empty").then("raw").str.extract(rf"({NAMED})(?:{YEAR})[^,:]*$", 1)
    names = names.with_columns(dated=dated).with_columns(
        named=pl.when(dated.is_not_null()).then(_cleaned(pl.col("dated"))).otherwise("named")
    )
    names = names.with_columns(empty=_empty(pl.col("named"))).drop("dated")
    return figures.join(names, on="raw", how="left", nulls_equal=True, maintain_order="left")


def _wholes_again(figures: pl.DataFrame) -> pl.DataFrame:
    """own_subject where a part of a sentence that begins with 比上年 follows one that lists parts: it speaks of their whole."""
    first = pl.col("segment") != pl.col("segment").shift(1, fill_value=0)
    figures = figures.with_columns(whole=carried("own_subject", "text_id"))
    figures = figures.with_columns(whole=pl.when("opener").then(before("whole", "text_id")))
    figures = figures.with_columns(
        whole=carried("whole", "text_id"),
        listed=carried(pl.when("opener").then("segment"), "text_id"),
    )
    anew = first & (pl.col("listed") < pl.col("segment")) & pl.col("compares")
    back = pl.col("own_subject").is_null() & anew.fill_null(False)
    own_subject = pl.when(back).then("whole").otherwise("own_subject")
    return figures.with_columns(own_subject=own_subject).drop("whole", "listed")


def _periods(figures: pl.DataFrame) -> pl.DataFrame:
    """period of each amount: last_year, budget and final_accounts where the words before it say so (年初预算, 支出决算), else this_year.

    In a budget every figure is one of the budget: there that says nothing, and the amount is that of the year.
    """
    # 支出2.05万元，年初预算为2.95万元: two figures of one thing in one sentence.
    second = pl.col("own_subject").is_null() & before(pl.col("kind") == "amount", "sentence").fill_null(False)
    final = pl.col("about_both") | second | pl.col("section").fill_null("").str.contains("决算")
    period = (
        pl.when(pl.col("earlier") & (pl.col("compared_with") == "年初预算").fill_null(False))
        .then(pl.lit("budget"))
        .when("earlier")
        .then(pl.lit("last_year"))
        .when("settled")
        .then(pl.lit("final_accounts"))
        .when(pl.col("budgeted") & final)
        .then(pl.lit("budget"))
        .otherwise(pl.lit("this_year"))
    )
    return figures.with_columns(period=pl.when(pl.col("kind") == "amount").then(period)).drop("settled", "budgeted", "about_both")


def _subjects(figures: pl.DataFrame) -> pl.DataFrame:
    """subject: what the figure is about; where the clause names nothing, what was named before it in the block.

    An item's name (3.住房保障支出: …年初预算为…) and at last the heading stand in where the block names nothing either.
    """
    changed = pl.col("kind").is_in(["change_amount", "change_percent"])
    # What a reason speaks of is not what the text goes on about.
    told = pl.when(~pl.col("in_reason")).then(pl.col("own_subject"))
    # A numbered item names its own subject, so nothing is inherited into it.
    begins = pl.col("item").is_not_null() & (pl.col("paragraph") != pl.col("paragraph").shift(1, fill_value=-1))
    figures = figures.with_columns(scope=(begins | (pl.col("block") != pl.col("block").shift(1, fill_value=-1))).cum_sum())
    # Behind a bracket the text goes on about what stands before it: 购置及运行费78万元（其中：购置费18万元，运行费60万元），比上年增加.
    outside = pl.when(~pl.col("in_bracket")).then(told)
    inherited = (
        pl.when("in_reason")
        .then(carried("own_subject", "scope"))
        .when("in_bracket")
        .then(carried(told, "scope"))
        .otherwise(pl.coalesce(carried(outside, "scope"), carried(told, "scope")))
    )
    # 项目名称：某项目 in a line of its own, 预算安排规模：570万元 in one of the next.
    of_project = (pl.col("kind") == "amount") & pl.col("own_subject").str.contains(f"^{any_of('project_money')}$")
    figures = figures.with_columns(project=pl.when(of_project.fill_null(False)).then("project"))
    figures = figures.with_columns(
        subject=pl.coalesce("project", "own_subject", inherited, opening("item", "scope"), "heading", pl.lit("")),
        inherits=pl.col("own_subject").is_null(),
    )
    # …年初预算为2993.92万元，支出决算为2940.05万元，完成年初预算的98.2%: behind the budget the text speaks of what came of it.
    came_of_it = pl.col("inherits") & (carried("period", "scope") == "final_accounts")
    figures = figures.with_columns(
        subject=pl.when(came_of_it).then(pl.col("subject").str.replace(BUDGET_AT_END, "")).otherwise(pl.col("subject"))
    )
    # 总计1592万元，其中：本年收入…，上年结转…，比上年增加: what was carried over is not compared with a year before; the whole is.
    figures = figures.with_columns(whole=pl.when("opener").then(before("subject", "segment")))
    carried_over = pl.when(changed, "inherits").then(pl.col("subject")).str.contains(any_of("carried"))
    figures = figures.with_columns(
        subject=pl.when(carried_over).then(pl.coalesce(carried("whole", "segment"), "subject")).otherwise(pl.col("subject"))
    )
    return figures.drop("scope", "whole")


def _cleaned(text: pl.Expr) -> pl.Expr:
    """A subject without numbering, year, publisher before the year, and the words that lead up to the figure."""
    text = text.str.replace(FILLER, "").str.replace(NUMBERED, "").str.replace(rf"^.*{any_of('reason')}(?:是|为)?", "").str.replace(LEAD, "")
    text = text.str.replace(TORN_QUOTE, "").str.replace(r"^从(.+)中$", "${1}").str.replace(r"^按照?规定", "")
    text = text.str.replace(rf"^.*{YEAR}(?:,)?(\p{{Han}}|[“\"(])", "${1}").str.replace(rf"^{YEAR}$", "")
    return text.str.replace(LEAD, "").str.replace(COPULA, "").str.replace(COPULA, "").str.strip_chars("、,:( ")


def _empty(text: pl.Expr) -> pl.Expr:
    bare = text.str.replace(rf"^(?:{YEAR}|与|比|较)+", "").str.replace(r"相比$", "")
    # 较上年预算900万元增加100万元: what it is compared with is not what it is about.
    before = bare.str.replace(rf"^(?:[比较与同和]*(?:{any_of('last_year')}|{YEAR}))", "")
    return (text.is_null() | (text == "") | before.str.contains(rf"^{any_of('empty_subject')}?$")).fill_null(True)


def _concepts(figures: pl.DataFrame) -> pl.DataFrame:
    """claim (the stable name), code of a functional class, and what a share is a share of."""
    bare = pl.col("subject").str.replace_all(QUOTES, "")
    buys = pl.when("buys").then(pl.lit("购置")).otherwise(pl.lit(""))
    counted = pl.concat_str([buys, bare, pl.col("noun").fill_null("")])
    figures = figures.with_columns(
        topic=pl.when(pl.col("unit_kind") == "count").then(counted).otherwise(bare),
        measured=pl.when(pl.col("unit_kind") == "count").then(pl.lit("count")).otherwise(pl.lit("amount")),
    )
    keys = ["measured", "topic", "section", "counts"]
    known = figures.select(keys).unique()
    known = _classified(known)
    figures = figures.join(known, on=keys, how="left", maintain_order="left", nulls_equal=True)
    # Below 人员经费 and 公用经费 the names are economic items, whatever else they may be called.
    whole = ["personnel_expenditure", "public_expenditure"]
    item = (pl.col("own").str.contains(r"^[、]") & ~pl.col("concept").is_in(whole)) | pl.col("opener")
    heads = carried(pl.when(~pl.col("concept").is_in(["economic_item"]) & ~item).then("concept"), "segment")
    listed = item & heads.is_in(whole).fill_null(False) & (pl.col("kind") == "amount")
    figures = figures.with_columns(
        concept=pl.when(listed)
        .then(pl.lit("economic_item"))
        # A project may be called after what it buys.
        .when(pl.col("project").is_not_null())
        .then(pl.lit("project_amount"))
        .otherwise(pl.col("concept"))
    )
    root = pl.col("concept").str.replace("_(?:amount|expenditure|total)$", "")
    claim = (
        pl.when(pl.col("kind").is_in(["change_amount", "change_percent"]))
        .then(pl.col("kind"))
        .when("earlier")
        .then(pl.lit("previous_amount"))
        .when(pl.col("completes") & (pl.col("kind") == "share"))
        .then(pl.lit("completion_rate"))
        .when(pl.col("kind") == "share")
        .then(pl.format("{}_share", root))
        .otherwise(pl.col("concept"))
    )
    return figures.with_columns(claim=claim)


def _classified(known: pl.DataFrame) -> pl.DataFrame:
    """concept and code for each (measured, topic, section, counts)."""
    topic = pl.col("topic")
    # 201一般公共服务支出, 教育支出年初预算数: what is said beside the name of a class.
    name = topic.str.replace_all(r"\(类\)|支出|预算|决算|科目|年初|拨款|数$", "").str.replace(r"^.*[:,]", "").str.replace(r"^\d{3}", "")
    classes = {row[0].replace("支出", ""): row[1] for row in load("function_classes").select("name", "code").iter_rows()}
    economic = load("economic_codes").filter(pl.col("scheme") == "department")["name"].to_list()
    code = name.replace_strict(classes, default=None, return_dtype=pl.Utf8)
    amount = pl.col("measured") == "amount"
    columns = known.columns
    known = known.with_row_index("nth")
    known = known.join(_first_rules(known), on="nth", how="left", maintain_order="left")
    item = topic.str.contains(r"\((?:款|项)\)|.-.*-.*科目")
    known = known.with_columns(code=pl.when(amount).then(code)).with_columns(
        concept=pl.when(pl.col("code").is_not_null())
        .then(pl.lit("function_amount"))
        .when(amount & item)
        .then(pl.lit("function_item_amount"))
        .when(amount & topic.is_in(economic) & ~topic.str.contains("公务接待|因公出国|公务用车"))
        .then(pl.lit("economic_item"))
        .otherwise("claim")
    )
    return known.select(*columns, "code", "concept")


def _first_rules(known: pl.DataFrame) -> pl.DataFrame:
    """nth and claim: of the rules of vocabulary/narrative_claims.csv that a row meets, the claim of the first."""
    rules = load("narrative_claims").with_row_index("rule")
    limits = pl.col("counts_rule").str.split("|")
    # Many sections have the same topics, and many topics stand in one section.
    pairs = known.join(_meeting(known, "topic", rules.rename({"pattern": "met"})), on="topic").join(
        rules.select("rule", "kind", "claim", "counts", limited=pl.col("section").is_not_null()), on="rule", suffix="_rule"
    )
    pairs = pairs.filter(pl.col("measured") == pl.col("kind"), pl.col("counts_rule").is_null() | limits.list.contains(pl.col("counts")))
    sections = _meeting(known, "section", rules.filter(pl.col("section").is_not_null()).select("rule", met="section"))
    elsewhere = pairs.filter("limited").join(sections, on=["section", "rule"], how="anti")
    pairs = pairs.join(elsewhere, on=["nth", "rule"], how="anti")
    return pairs.sort("rule").unique("nth", keep="first", maintain_order=True).select("nth", "claim")


def _meeting(frame: pl.DataFrame, name: str, rules: pl.DataFrame) -> pl.DataFrame:
    """Each text of the column `name` beside the rules whose pattern `met` it meets."""
    numbers = [
        pl.when(pl.col(name).str.contains(met)).then(pl.lit(rule, pl.UInt32)) for rule, met in rules.select("rule", "met").iter_rows()
    ]
    met = frame.select(name).unique().with_columns(rule=pl.concat_list(numbers).list.drop_nulls())
    return met.explode("rule", empty_as_null=False)
