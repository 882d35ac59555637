"""Small pieces of HTML: cards, the printed lines with their mark, facts beside each other. Every text is escaped, whatever published it."""

from collections.abc import Iterable
from html import escape

from yusuan.exploring.evidence import Line


def cards(entries: Iterable[tuple[str, str, str]]) -> str:
    """Label, figure, remark."""
    shown = "".join(
        f'<div class="ys-card"><div class="ys-label">{escape(name)}</div><div class="ys-figure">{escape(figure)}</div>'
        f'<div class="ys-remark">{escape(remark)}</div></div>'
        for name, figure, remark in entries
    )
    return f'<div class="ys-cards">{shown}</div>'


def facts(entries: Iterable[tuple[str, str | None]]) -> str:
    """Name and value; what is not known is not shown."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in entries if value)
    return f'<dl class="ys-facts">{rows}</dl>'


def source(lines: Iterable[Line]) -> str:
    """Lines with their numbers; cells of a row stand apart."""
    return f'<div class="ys-source">{"".join(map(_line, lines))}</div>'


def _line(line: Line) -> str:
    shown = "".join(f"<mark>{escape(text)}</mark>" if marked else escape(text) for text, marked in line.pieces)
    shown = shown.replace("\t", '<span class="ys-tab"></span>')
    kind = ' class="ys-target"' if line.is_target else ""
    return f"<div{kind}><span>{line.number}</span><code>{shown}</code></div>"


def heading(text: str, beside: str = "") -> str:
    return f'<h2 class="ys-heading">{escape(text)}{remark(beside) if beside else ""}</h2>'


def empty(text: str) -> str:
    return f'<div class="ys-empty">{escape(text)}</div>'


def badge(kind: str, text: str) -> str:
    return f'<span class="ys-badge ys-{escape(kind)}">{escape(text)}</span>'


def picture(png: str, name: str) -> str:
    """`png` is a data URL."""
    return f'<img class="ys-page" alt="{escape(name)}" src="{escape(png)}">'


def link(address: str, text: str) -> str:
    return f'<a class="ys-link" href="{escape(address)}">{escape(text)}</a>'


def title(text: str, remark_text: str) -> str:
    return f'<div class="ys-top"><h1>{escape(text)}</h1>{remark(remark_text)}</div>'


def remark(text: str) -> str:
    return f'<span class="ys-remark">{escape(text)}</span>'


def amount(text: str, kind: str, kind_text: str) -> str:
    """A large figure with the badge that says how far it is proved."""
    return f'<div class="ys-top"><span class="ys-big">{escape(text)}</span>{badge(kind, kind_text)}</div>'


def sentence(kind: str, kind_text: str, text: str) -> str:
    return f'<div class="ys-sum">{badge(kind, kind_text)} {escape(text)}</div>'


def citation(text: str) -> str:
    """One click selects it whole."""
    return f'<div class="ys-cite">{escape(text)}</div>'
