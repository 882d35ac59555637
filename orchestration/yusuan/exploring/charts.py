"""Altair charts of the page. Money comes in yuan and is drawn in 万元; names come as the documents print them."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from yusuan.exploring.treemap import Box, squarify
from yusuan.exploring.wording import Words, named

Drawing = alt.Chart | alt.LayerChart
FONT = "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
PROOF = {"proved": "#2f855a", "unproved": "#cbd5e0", "contradicted": "#c53030"}
SEVERITY = {"error": "#c53030", "warning": "#dd6b20", "info": "#a0aec0"}
CLASSES = ("#2b6cb0", "#2c7a7b", "#b7791f", "#6b46c1", "#c05621", "#97266d", "#4a5568", "#276749", "#9c4221", "#2a4365")
# Of the treemap, in its own units: the shape of the space it is given.
WIDE, HIGH = 160.0, 100.0
CHARACTER = 2.5  # width of a Chinese character in those units


def proof(frame: pl.DataFrame, say: Words) -> Drawing:
    """Stacked shares by province."""
    named = frame.with_columns(kind=_named("proof", frame["proof"], say), province=_or_dash("province_name"))
    return _styled(
        alt.Chart(named)
        .mark_bar()
        .encode(
            x=alt.X("amounts:Q", stack="normalize", axis=alt.Axis(format="%", title=None, grid=False)),
            y=alt.Y("province:N", title=None, sort="x"),
            color=_colours("kind", "proof", PROOF, say),
            order=alt.Order("proof:N", sort="descending"),
            tooltip=[alt.Tooltip("province:N", title=say("column.province_name")), "kind:N", alt.Tooltip("amounts:Q", format=",")],
        )
    )


def families(frame: pl.DataFrame, names: Mapping[str, str], say: Words) -> Drawing:
    named = frame.with_columns(name=pl.col("family").replace(names), kind=_named("severity", frame["severity"], say))
    return _styled(
        alt.Chart(named)
        .mark_bar()
        .encode(
            x=alt.X("findings:Q", title=None, axis=alt.Axis(tickMinStep=1, format=",d")),
            y=alt.Y("name:N", title=None, sort="-x"),
            color=_colours("kind", "severity", SEVERITY, say),
            tooltip=["name:N", "kind:N", alt.Tooltip("findings:Q", format=",")],
        )
    )


def treemap(rows: pl.DataFrame, class_names: Mapping[str, str], say: Words) -> Drawing:
    """Classes with their items inside. `rows`: class_code, code, name, amount_yuan, amount_id; what is not above zero has no area."""
    drawn = _boxes(rows.filter(pl.col("amount_yuan") > 0), class_names)
    base = alt.Chart(drawn).encode(
        x=alt.X("x0:Q", axis=None, scale=alt.Scale(domain=[0, WIDE], nice=False)),
        y=alt.Y("y0:Q", axis=None, scale=alt.Scale(domain=[HIGH, 0], nice=False)),
    )
    boxes = base.mark_rect(stroke="white", strokeWidth=2, cursor="pointer").encode(
        x2="x1:Q",
        y2="y1:Q",
        color=alt.Color("class:N", scale=alt.Scale(domain=list(dict.fromkeys(drawn["class"])), range=CLASSES), legend=_legend()),
        tooltip=[
            alt.Tooltip("name:N", title=say("column.name")),
            alt.Tooltip("code:N", title=say("column.code")),
            alt.Tooltip("wan:Q", format=",.2f", title=say("column.amount")),
            alt.Tooltip("share:Q", format=".1%", title="%"),
        ],
    )
    texts = base.mark_text(align="left", baseline="top", color="white", dx=6, dy=6, fontSize=12).encode(text="label:N")
    figures = base.mark_text(align="left", baseline="top", color="white", dx=6, dy=23, fontSize=11, opacity=0.85).encode(text="figure:N")
    pick = alt.selection_point(fields=["amount_id"], name="number", on="click")
    return _styled(alt.layer(boxes.add_params(pick), texts, figures), height=320)


def _boxes(rows: pl.DataFrame, class_names: Mapping[str, str]) -> pl.DataFrame:
    rows = rows.with_columns(wan=pl.col("amount_yuan").cast(pl.Float64) / 10_000).sort("wan", "code", descending=[True, False])
    classes = rows.group_by("class_code", maintain_order=True).agg(pl.col("wan").sum()).sort("wan", "class_code", descending=[True, False])
    whole = sum(classes["wan"])
    drawn = []
    for (class_code, _), outer in zip(classes.rows(), squarify(classes["wan"].to_list(), Box(0, 0, WIDE, HIGH)), strict=True):
        inside = rows.filter(pl.col("class_code") == class_code)
        for row, box in zip(inside.to_dicts(), squarify(inside["wan"].to_list(), outer), strict=True):
            fits = int((box.x1 - box.x0 - 2) / CHARACTER)
            tall = box.y1 - box.y0
            drawn.append(
                {
                    **{name: row[name] for name in ("code", "name", "wan", "amount_id")},
                    "class": f"{class_code} {class_names.get(class_code, '')}".strip(),
                    "share": row["wan"] / whole,
                    "label": _short(row["name"], fits) if tall > 8 else "",
                    "figure": f"{row['wan']:,.2f}" if tall > 15 and fits > 3 else "",
                    "x0": box.x0,
                    "y0": box.y0,
                    "x1": box.x1,
                    "y1": box.y1,
                }
            )
    return pl.DataFrame(drawn)


def _short(name: str, fits: int) -> str:
    if len(name) <= fits:
        return name
    return f"{name[: fits - 1]}…" if fits > 2 else ""


def bars(rows: pl.DataFrame, class_names: Mapping[str, str], columns: Mapping[str, str], say: Words) -> Drawing:
    """Classes with one bar for each column of the page. `columns`: identifiers and their names, in order."""
    sums = (
        rows.filter(pl.col("column").is_in(list(columns)))
        .group_by("column", "class_code", maintain_order=True)
        .agg(wan=pl.col("amount_yuan").cast(pl.Float64).sum() / 10_000)
        .with_columns(
            stage=pl.col("column").replace(columns),
            name=pl.col("class_code") + " " + pl.col("class_code").replace_strict(class_names, default="", return_dtype=pl.Utf8),
        )
    )
    encoded = {"yOffset": alt.YOffset("stage:N", sort=list(columns.values()))} if len(columns) > 1 else {}
    return _styled(
        alt.Chart(sums)
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=alt.X("wan:Q", title=None, axis=alt.Axis(format=",.2~f")),
            y=alt.Y("name:N", title=None, sort="-x", axis=alt.Axis(labelLimit=220)),
            color=alt.Color("stage:N", sort=list(columns.values()), scale=alt.Scale(range=CLASSES), legend=_legend() if encoded else None),
            tooltip=["name:N", "stage:N", alt.Tooltip("wan:Q", format=",.2f", title=say("column.amount"))],
            **encoded,
        ),
        height=alt.Step(14 if encoded else 26),
    )


def ranking(rows: pl.DataFrame, say: Words) -> Drawing:
    """`rows`: publisher_name, amount_yuan, amount_id; the largest first."""
    drawn = rows.with_columns(wan=pl.col("amount_yuan").cast(pl.Float64) / 10_000)
    return _styled(
        alt.Chart(drawn)
        .mark_bar(color=CLASSES[0], cornerRadiusEnd=2, cursor="pointer")
        .encode(
            x=alt.X("wan:Q", title=say("column.amount"), axis=alt.Axis(format=",.2~f")),
            y=alt.Y("publisher_name:N", title=None, sort=None, axis=alt.Axis(labelLimit=320)),
            tooltip=["publisher_name:N", alt.Tooltip("wan:Q", format=",.2f", title=say("column.amount"))],
        )
        .add_params(alt.selection_point(fields=["amount_id"], name="number", on="click")),
        height=alt.Step(24),
    )


def _named(prefix: str, values: pl.Series, say: Words) -> pl.Series:
    return values.replace_strict({value: named(say, prefix, value) for value in values.unique()}, return_dtype=pl.Utf8)


def _or_dash(column: str) -> pl.Expr:
    return pl.when(pl.col(column) == "").then(pl.lit("—")).otherwise(pl.col(column))


def _colours(field: str, prefix: str, colours: Mapping[str, str], say: Words) -> alt.Color:
    names = [say(f"{prefix}.{each}") for each in colours]
    return alt.Color(f"{field}:N", title=None, scale=alt.Scale(domain=names, range=list(colours.values())), legend=_legend())


def _legend() -> alt.Legend:
    return alt.Legend(title=None, orient="bottom", labelLimit=200, columns=4)


def _styled(chart: Any, height: int | alt.Step | None = None) -> Drawing:
    sized = chart.properties(width="container", height=height) if height is not None else chart.properties(width="container")
    fitted = sized.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    return fitted.configure(font=FONT).configure_view(stroke=None).configure_axis(labelFontSize=12, domain=False, ticks=False)
