"""The analysts' page. It only lays out: queries, figures, charts and the way back are made in yusuan.exploring."""

import marimo

app = marimo.App(width="full", app_title="预算公开查询", css_file="style.css")


@app.cell
def state():
    import os
    from dataclasses import replace

    import marimo as mo
    import polars as pl

    from yusuan import citing
    from yusuan.exploring import agencies, charts, evidence, figures, findings, markup, overview
    from yusuan.exploring.place import VIEWS, Place
    from yusuan.exploring.published import shared
    from yusuan.exploring.wording import label, named, words
    from yusuan.searching import search, words_of
    from yusuan.settings import YusuanError

    published = shared(os.environ.get("YUSUAN_HOME", "warehouse"))
    query = mo.query_params()
    start = Place.of({name: query[name] for name in query})
    # Two states, so that opening a number's source leaves the page under it as it is.
    # With self loops, because the cells that read a state also hold the elements that change it.
    get_place, set_place = mo.state(replace(start, amount="", finding=""), allow_self_loops=True)
    get_open, set_open = mo.state((start.amount, start.finding), allow_self_loops=True)

    def go(amount="", finding="", **changes):
        """Moves the person: what is shown follows, and so does the address."""
        place = replace(get_place(), **changes)
        if changes:
            set_place(place)
        set_open((amount, finding))
        wanted = replace(place, amount=amount, finding=finding).parameters()
        for name in [name for name in query if name not in wanted]:
            del query[name]
        for name, value in wanted.items():
            if query.get(name) != value:
                query[name] = value

    return (
        VIEWS,
        YusuanError,
        agencies,
        charts,
        citing,
        evidence,
        figures,
        findings,
        get_open,
        get_place,
        go,
        label,
        markup,
        mo,
        named,
        overview,
        pl,
        published,
        replace,
        search,
        words,
        words_of,
    )


@app.cell
def elements(YusuanError, figures, get_place, go, mo, pl, words):
    def shown_or_told(page):
        """What `page` makes: elements to be kept, because marimo only knows them while they live, and what is shown of them."""
        try:
            return page()
        except YusuanError as error:
            return [], mo.callout(words(get_place().lang)("trouble", reason=error), kind="warn")

    def table(rows, *, money=(), right=(), clicked=None, size=15, widths=None, wrapped=None):
        """A table whose cells can be clicked; `clicked` gets row and column. Money is in yuan and shown in 万元."""

        def act(cells):
            if cells and clicked:
                clicked(int(cells[0].row), cells[0].column)

        if isinstance(rows, pl.DataFrame):
            rows = rows.with_columns(pl.col(pl.String).fill_null(figures.NOTHING))
        return mo.ui.table(
            rows,
            selection="single-cell" if clicked else None,
            pagination=len(rows) > size,
            page_size=size,
            format_mapping={column: figures.wan for column in money} or None,
            text_justify_columns={column: "right" for column in (*money, *right)} or None,
            column_widths=widths,
            wrapped_columns=wrapped,
            show_column_summaries=False,
            show_data_types=False,
            show_download=False,
            show_search=False,
            on_change=act,
        )

    def beside(rows, key, names, order, headings):
        """Items down, years across; every figure leads to its source."""
        from yusuan.exploring.agencies import side_by_side

        amounts, ids = side_by_side(rows, key, order)
        shown = amounts.with_columns(amounts[key].replace(names) if names else amounts[key]).rename(headings)
        back = {heading: column for column, heading in headings.items()}

        def clicked(row, column):
            found = ids[back[column]][row]
            if found and column != headings[key]:
                go(amount=found)

        widths = {headings[key]: 330, **{headings[column]: max(130, 16 * len(headings[column])) for column in order}}
        return table(shown, money=[headings[column] for column in order], clicked=clicked, widths=widths, wrapped=[headings[key]])

    def chart(drawn):
        """A chart whose marks lead to their numbers' source."""

        def act(_):
            chosen = element.selections.get("number", {}).get("amount_id", [])
            if len(chosen) == 1:
                go(amount=chosen[0])

        element = mo.ui.altair_chart(drawn, chart_selection=False, legend_selection=False, on_change=act)
        return element

    def dropdown(name, options, value, changed, **more):
        named = {text: key for key, text in options.items()}
        chosen = options.get(value)
        return mo.ui.dropdown(named, value=chosen, label=name, on_change=changed, **more)

    return beside, chart, dropdown, shown_or_told, table


@app.cell
def navigation(VIEWS, get_place, go, markup, mo, words):
    place = get_place()
    say = words(place.lang)
    views = mo.ui.radio({say(view): view for view in VIEWS}, value=say(place.view), inline=True, on_change=lambda view: go(view=view))
    other = mo.ui.button(label=say("other_language"), on_click=lambda _: go(lang="en" if place.lang == "zh" else "zh"))
    mo.vstack(
        [
            mo.hstack([mo.Html(markup.title(say("title"), say("subtitle"))), other], align="center"),
            mo.hstack([views, mo.Html(markup.remark(f"{say('unit')}　{say('hint')}"))], align="center"),
        ],
        gap=0.8,
    )
    return place, say


@app.cell
def overview_view(chart, charts, figures, go, markup, mo, named, overview, place, published, say, shown_or_told, table):
    def overview_page():
        counts = overview.counts(published)
        families = overview.findings_by_family(published)
        rows = overview.documents(published)
        keys = rows["publisher_agency_key"].to_list()
        names = {name: say(f"column.{name}") for name in rows.columns if name not in ("file_name", "publisher_agency_key")}
        shown = rows.select(list(names)).with_columns(
            rows["document_kind"].replace({kind: named(say, "kind", kind) for kind in rows["document_kind"].unique().drop_nulls()}),
            rows["fiscal_year"].cast(str),
            rows["proved_share"].map_elements(lambda part: figures.share(part, 1), return_dtype=str),
        )
        cards = [
            (
                say("documents"),
                figures.count(counts["documents"]),
                say("quarantined", count=counts["quarantined"]) if counts["quarantined"] else "",
            ),
            (say("agencies"), figures.count(counts["agencies"]), ""),
            (say("amounts"), figures.count(counts["amounts"]), ""),
            (say("proved_share"), figures.share(counts["proved"], counts["amounts"]), say("proof.proved.meaning")),
            (
                say("open_findings"),
                figures.count(counts["errors"] + counts["warnings"]),
                say("errors_warnings", errors=figures.count(counts["errors"]), warnings=figures.count(counts["warnings"])),
            ),
        ]
        parts = [
            chart(charts.proof(overview.proof_by_province(published), say)),
            chart(charts.families(families, {each: named(say, "family", each) for each in families["family"]}, say)),
            table(
                shown.rename(names),
                right=[names[name] for name in ("amounts", "proved_share", "findings")],
                clicked=lambda row, _: go(view="agency", agency=keys[row]) if keys[row] else None,
            ),
        ]
        return parts, mo.vstack(
            [
                mo.Html(markup.cards(cards)),
                mo.hstack(
                    [
                        mo.vstack([mo.Html(markup.heading(say("proof_by_province"))), parts[0]]),
                        mo.vstack([mo.Html(markup.heading(say("findings_by_family"))), parts[1]]),
                    ],
                    widths="equal",
                    gap=2,
                ),
                mo.Html(
                    markup.heading(
                        say("documents"), say("as_of", time=f"{counts['landed_at']:%Y-%m-%d %H:%M}") if counts["landed_at"] else ""
                    )
                ),
                parts[2],
            ]
        )

    mo.stop(place.view != "overview")
    overview_parts, overview_shown = shown_or_told(overview_page)
    overview_shown
    return


@app.cell
def agency_view(agencies, beside, chart, charts, dropdown, go, markup, mo, place, published, say, shown_or_told):
    def agency_page():
        listed = agencies.publishers(published)
        if listed.is_empty():
            return [], mo.Html(markup.empty(say("no_agency")))
        names = dict(listed.select("agency_key", "agency_name").rows())
        agency = place.agency if place.agency in names else listed["agency_key"][0]
        chooser = dropdown(
            say("choose_agency"), names, agency, lambda key: go(agency=key or "", column=""), searchable=True, full_width=True
        )
        amounts = agencies.amounts(published, agency)
        order = agencies.columns(amounts)
        stages = {column: say(f"stage.{column.partition('.')[2]}", year=column.partition(".")[0]) for column in order}
        column = place.column if place.column in order else order[-1] if order else ""
        years = dropdown(say("choose_column"), stages, column, lambda chosen: go(column=chosen or ""))
        kept = [chooser, years]
        blocks = [mo.hstack([chooser, years], widths=[3, 1], align="end")]

        def section(title, content):
            blocks.append(mo.Html(markup.heading(say(title))))
            blocks.append(content)

        def side_by_side(title, rows, key, first, translated, missing):
            if rows.is_empty():
                section(title, mo.Html(markup.empty(say(missing))))
                return
            shown = beside(rows, key, translated, order, {key: say(first), **stages})
            kept.append(shown)
            section(title, shown)

        metrics = {metric: say(f"metric.{metric}") for metric in agencies.metric_names()}
        headlines = agencies.headlines(amounts)
        ranks = {metric: place for place, metric in enumerate(metrics)}
        headlines = headlines.sort(headlines["metric"].replace_strict(ranks))
        side_by_side("headlines", headlines, "metric", "column.metric", metrics, "none_headlines")
        classes = agencies.class_names(published)
        for title, missing, rows in (
            ("by_function", "none_function", agencies.by_function(amounts)),
            ("by_economic", "none_economic", agencies.by_economic(amounts)),
        ):
            of_column = rows.filter(rows["column"] == column, rows["amount_yuan"] > 0)
            if of_column.is_empty():
                section(title, mo.Html(markup.empty(say(missing))))
                continue
            drawn = [
                chart(charts.treemap(of_column, classes, say)),
                chart(charts.bars(rows, classes, {each: stages[each] for each in order if each in set(rows["column"])}, say)),
            ]
            kept.extend(drawn)
            section(
                title,
                mo.hstack(
                    [
                        mo.vstack([mo.Html(markup.remark(f"{say('treemap')} · {stages[column]}")), drawn[0]]),
                        mo.vstack([mo.Html(markup.remark(say("bars"))), drawn[1]]),
                    ],
                    widths=[3, 2],
                    gap=2,
                ),
            )
        side_by_side("three_public", agencies.three_public(amounts), "name", "column.item", None, "none_three_public")
        side_by_side("projects", agencies.projects(amounts), "name", "column.project", None, "none_projects")
        return kept, mo.vstack(blocks, gap=0.6)

    mo.stop(place.view != "agency")
    agency_parts, agency_shown = shown_or_told(agency_page)
    agency_shown
    return


@app.cell
def compare_view(agencies, chart, charts, dropdown, go, markup, mo, place, published, say, shown_or_told, table):
    def compare_page(largest=20):
        headlines = agencies.headlines(agencies.totals(published))
        provinces = dict(agencies.publishers(published).select("agency_key", "province_name").rows())
        headlines = headlines.with_columns(province=headlines["agency_key"].replace_strict(provinces, default="", return_dtype=str))
        metrics = {metric: say(f"metric.{metric}") for metric in agencies.metric_names()}
        metric = place.metric if place.metric in metrics else "expenditure"
        order = agencies.columns(headlines)
        stages = {column: say(f"stage.{column.partition('.')[2]}", year=column.partition(".")[0]) for column in order}
        column = place.column if place.column in order else agencies.fullest(headlines, metric)
        everywhere = {"": say("all"), **{name: name for name in sorted(set(provinces.values())) if name}}
        kept = [
            dropdown(say("choose_metric"), metrics, metric, lambda chosen: go(metric=chosen or "expenditure")),
            dropdown(say("choose_column"), stages, column, lambda chosen: go(column=chosen or "")),
            dropdown(
                say("choose_province"),
                everywhere,
                place.province if place.province in everywhere else "",
                lambda chosen: go(province=chosen or ""),
            ),
        ]
        blocks = [mo.hstack(kept, justify="start", gap=2), mo.Html(markup.remark(say("compare_hint")))]
        of_column = headlines.filter(headlines["column"] == column)
        if place.province in everywhere and place.province:
            of_column = of_column.filter(of_column["province"] == place.province)
        ranked = of_column.filter(of_column["metric"] == metric).sort("amount_yuan", "publisher_name", descending=[True, False])
        if ranked.is_empty():
            return kept, mo.vstack([*blocks, mo.Html(markup.empty(say("none_compare")))])
        shown, ids = (
            ranked.select("agency_key", "publisher_name", "province").join(
                of_column.pivot(on="metric", index="agency_key", values=value, aggregate_function="first"),
                on="agency_key",
                how="left",
                maintain_order="left",
            )
            for value in ("amount_yuan", "amount_id")
        )
        first = [metric, *(each for each in metrics if each != metric and each in shown.columns)]
        headings = {
            "publisher_name": say("column.publisher_name"),
            "province": say("column.province_name"),
            **{each: metrics[each] for each in first},
        }
        back = {heading: name for name, heading in headings.items()}

        def clicked(row, heading):
            name = back[heading]
            if name in first and ids[name][row]:
                go(amount=ids[name][row])
            elif name == "publisher_name":
                go(view="agency", agency=ids["agency_key"][row])

        kept += [
            chart(charts.ranking(ranked.head(largest), say)),
            table(shown.select(*list(headings)).rename(headings), money=[headings[each] for each in first], clicked=clicked, size=20),
        ]
        title = say("top", count=min(largest, len(ranked)))
        return kept, mo.vstack([*blocks, mo.Html(markup.heading(metrics[metric], f"{stages[column]} · {title}")), kept[3], kept[4]])

    mo.stop(place.view != "compare")
    compare_parts, compare_shown = shown_or_told(compare_page)
    compare_shown
    return


@app.cell
def search_view(go, label, markup, mo, place, published, say, shown_or_told, search, table, words_of):
    def search_page(most=500):
        asked = mo.ui.text(
            value=place.words,
            label=say("search_words"),
            placeholder=say("search_example"),
            full_width=True,
            on_change=lambda text: go(words=text.strip()),
        )
        if not words_of([place.words]):
            return [asked], asked
        hits = published.ask(lambda connection: search(connection, [place.words], most).pl())
        if hits.is_empty():
            return [asked], mo.vstack([asked, mo.Html(markup.empty(say("none_hits")))])
        ids = hits["amount_ids"].to_list()
        statements = dict(published.frame("select statement, statement_name from marts.dim_statement").rows())
        columns = {
            name: say(f"column.{name}")
            for name in ("name", "kind", "agency_name", "fiscal_year", "amount_yuan", "statement")
            if name != "amount_yuan"
        }
        columns["amount_yuan"] = say("column.amount")
        shown = hits.with_columns(
            hits["fiscal_year"].cast(str),
            hits["kind"].replace({kind: say(f"kind.{kind}") for kind in ("project", "item")}),
            hits["statement"].replace({each: label(each, statements.get(each), place.lang) for each in hits["statement"].unique()}),
        )
        found = table(
            shown.select(*columns).rename(columns),
            money=[columns["amount_yuan"]],
            clicked=lambda row, _: go(amount=ids[row]),
            size=20,
            wrapped=[columns["name"]],
        )
        counted = say("hits_many" if len(hits) == most else "hits", count=len(hits))
        return [asked, found], mo.vstack([asked, mo.Html(markup.remark(counted)), found])

    mo.stop(place.view != "search")
    search_parts, search_shown = shown_or_told(search_page)
    search_shown
    return


@app.cell
def findings_view(agencies, dropdown, findings, go, markup, mo, named, place, published, say, shown_or_told, table):
    def findings_page():
        agencies_named = {"": say("all"), **dict(agencies.publishers(published).select("agency_key", "agency_name").rows())}
        families = {"": say("all"), **{family: named(say, "family", family) for family in findings.families(published)}}
        severities = {"": say("all"), **{each: say(f"severity.{each}") for each in ("error", "warning", "info")}}
        states = {"": say("all"), **{each: named(say, "state", each) for each in findings.states(published)}}
        severity, family, agency, state = (
            value if value in known else ""
            for value, known in (
                (place.severity, severities),
                (place.family, families),
                (place.agency, agencies_named),
                (place.state, states),
            )
        )
        kept = [
            dropdown(say("choose_severity"), severities, severity, lambda chosen: go(severity=chosen or "")),
            dropdown(say("choose_family"), families, family, lambda chosen: go(family=chosen or "")),
            dropdown(say("choose_state"), states, state, lambda chosen: go(state=chosen or "")),
            dropdown(say("agency"), agencies_named, agency, lambda chosen: go(agency=chosen or ""), searchable=True),
        ]
        blocks = [mo.hstack(kept, justify="start", gap=2)]
        rows = findings.find(published, severity, family, agency, state)
        if rows.is_empty():
            return kept, mo.vstack([*blocks, mo.Html(markup.empty(say("none_findings")))])
        ids = rows["finding_id"].to_list()
        message = "message" if place.lang == "zh" else "message_en"
        columns = {
            "severity": say("column.severity"),
            "family": say("column.family"),
            "publisher_name": say("column.publisher_name"),
            "fiscal_year": say("column.fiscal_year"),
            "difference_yuan": say("column.difference"),
            message: say("column.message"),
            "state": say("column.state"),
        }
        shown = (
            rows.with_columns(
                rows["fiscal_year"].cast(str),
                rows["severity"].replace(severities),
                rows["family"].replace(families),
                rows["state"].replace(states),
            )
            .select(*columns)
            .rename(columns)
        )
        kept.append(
            table(
                shown,
                money=[columns["difference_yuan"]],
                clicked=lambda row, _: go(finding=ids[row]),
                widths={columns[message]: 620},
                wrapped=[columns[message], columns["publisher_name"]],
                size=12,
            )
        )
        return kept, mo.vstack([*blocks, mo.Html(markup.remark(say("findings_count", count=f"{len(rows):,}"))), kept[-1]])

    mo.stop(place.view != "findings")
    findings_parts, findings_shown = shown_or_told(findings_page)
    findings_shown
    return


@app.cell
def source_view(
    YusuanError,
    citing,
    evidence,
    figures,
    findings,
    get_open,
    get_place,
    go,
    label,
    markup,
    mo,
    named,
    published,
    replace,
    shown_or_told,
    table,
    words,
):
    import base64

    def url(png):
        return f"data:image/png;base64,{base64.b64encode(png).decode()}"

    def sum_messages(found):
        rows = evidence.sums(published, found)
        message = "message" if here.lang == "zh" else "message_en"
        if rows.is_empty():
            return markup.remark(tell("no_sums"))
        return "".join(markup.sentence(row["verdict"], named(tell, "verdict", row["verdict"]), row[message]) for row in rows.to_dicts())

    def place_of(found):
        named = (("page", found["page"]), ("table", found["table_number"]), ("line", found["line"]))
        return " · ".join(tell(f"page_line.{name}", number=number) for name, number in named if number is not None)

    def one_amount(found):
        facts = [
            (tell("label"), found["label"]),
            (tell("statement"), label(found["statement"], found["statement_name"], here.lang)),
            (tell("measure"), label(found["measure"], found["measure_name"], here.lang)),
            (tell("fund_source"), label(found["fund_source"], found["fund_source_name"], here.lang)),
            (tell("unit_agency"), found["agency_name"]),
            (tell("printed"), f"{found['amount_printed']} {found['unit_printed'] or ''}"),
            (tell("in_yuan"), tell("yuan", amount=figures.exact(found["amount_yuan"]))),
            (tell("repair"), found["repair"]),
            (tell("confidence"), None if found["confidence"] is None else f"{found['confidence']:.0%}"),
            (tell("document"), found["document_title"] or found["file_name"]),
            (tell("publisher"), found["publisher_name"]),
            (tell("source_url"), found["source_url"]),
            (tell("retrieved_on"), str(found["retrieved_on"] or "")),
            (tell("place"), place_of(found)),
        ]
        cite = citing.chinese if here.lang == "zh" else citing.english
        address = replace(here, amount=found["amount_id"], finding="").link()
        blocks = [
            markup.amount(figures.wan(found["amount_yuan"]), found["proof"], named(tell, "proof", found["proof"])),
            markup.facts(facts),
        ]
        lines = evidence.lines(published, found)
        if evidence.has_picture(found):
            try:
                drawn = evidence.picture(published, found)
                blocks += [
                    markup.heading(tell("source_page"), tell("around_number")),
                    markup.picture(url(drawn.strip), tell("around_number")),
                ]
                whole = [markup.heading(tell("whole_page")), markup.picture(url(drawn.whole), tell("whole_page"))]
            except YusuanError as error:
                whole = [markup.empty(tell("trouble", reason=error))]
        else:
            whole = []
        blocks += [markup.heading(tell("source_lines")), markup.source(lines) if lines else markup.empty(tell("no_lines"))]
        blocks += [markup.heading(tell("sums")), sum_messages(found)]
        blocks += [markup.heading(tell("citation")), markup.citation(cite(found)), markup.link(address, tell("permalink")), *whole]
        return mo.Html("".join(blocks))

    def amounts_page(ids):
        found = evidence.several(published, ids)
        if not found:
            return [], mo.Html(markup.empty(tell("gone")))
        if len(found) == 1:
            return [], one_amount(found[0])
        whole = figures.wan(sum(each["amount_yuan"] for each in found))
        rows = [
            {
                tell("column.name"): each["label"] or "",
                tell("column.amount"): figures.wan(each["amount_yuan"]),
                tell("column.place"): place_of(each),
            }
            for each in found
        ]
        parts = table(rows, right=[tell("column.amount")], clicked=lambda row, _: go(amount=found[row]["amount_id"]))
        return [parts], mo.vstack([mo.Html(markup.remark(tell("sum_of", count=len(found), amount=whole))), parts, one_amount(found[0])])

    def finding_page(finding):
        found = findings.one(published, finding)
        if found is None:
            return [], mo.Html(markup.empty(tell("gone")))
        facts = [
            (tell("document"), found["file_name"]),
            (tell("publisher"), found["publisher_name"]),
            (tell("expected"), figures.wan(found["expected_yuan"]) if found["expected_yuan"] is not None else None),
            (tell("actual"), figures.wan(found["actual_yuan"]) if found["actual_yuan"] is not None else None),
            (tell("difference"), figures.wan(found["difference_yuan"]) if found["difference_yuan"] is not None else None),
            (tell("place"), found["places"]),
            (tell("culprit"), found["culprit_place"]),
            (
                tell("acknowledged"),
                " · ".join(str(found[f"acknowledged_{name}"]) for name in ("on", "by", "why")) if found["acknowledged"] else None,
            ),
        ]
        message = found["message"] if here.lang == "zh" else found["message_en"] or found["message"]
        told = [markup.sentence(found["verdict"], named(tell, "verdict", found["verdict"]), message), markup.facts(facts)]
        if found["culprit_amount_id"]:
            told.append(markup.link(replace(here, amount=found["culprit_amount_id"], finding="").link(), tell("to_culprit")))
        if found["line"] is not None:
            lines = evidence.around(published, found["document_id"], found["line"])
            told += [markup.heading(tell("source_lines")), markup.source(lines)]
        rows = findings.terms(published, finding)
        if rows.is_empty():
            return [], mo.Html("".join(told))
        ids = rows["amount_id"].to_list()
        shown = [
            {
                tell("column.role"): named(tell, "role", row["role"]),
                tell("column.name"): row["label"] or "",
                tell("column.amount"): figures.wan(row["amount_yuan"]),
                tell("column.place"): " ".join(
                    tell(f"page_line.{name}", number=row[name]) for name in ("page", "line") if row[name] is not None
                ),
            }
            for row in rows.to_dicts()
        ]
        parts = table(shown, right=[tell("column.amount")], clicked=lambda row, _: go(amount=ids[row]))
        return [parts], mo.vstack([mo.Html("".join([*told, markup.heading(tell("terms"))])), parts])

    opened = get_open()
    mo.stop(not any(opened))
    here = get_place()
    tell = words(here.lang)
    closing = mo.ui.button(label=f"✕ {tell('close')}", on_click=lambda _: go())
    source_parts, source_blocks = shown_or_told(lambda: amounts_page(opened[0]) if opened[0] else finding_page(opened[1]))
    title = tell("source") if opened[0] else tell("finding")
    mo.vstack([mo.hstack([mo.Html(markup.heading(title)), closing], align="center"), source_blocks], gap=0.6).style(
        {
            "position": "fixed",
            "top": "0",
            "right": "0",
            "width": "min(760px, 60vw)",
            "height": "100vh",
            "overflow": "auto",
            "background": "#fff",
            "box-shadow": "-8px 0 24px rgba(0, 0, 0, 0.14)",
            "padding": "12px 22px 40px",
            "z-index": "2000",
        }
    )
    return


if __name__ == "__main__":
    app.run()
