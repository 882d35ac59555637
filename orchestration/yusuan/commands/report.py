"""`yusuan report`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yusuan.commands.options import Home
from yusuan.settings import Settings, YusuanError

if TYPE_CHECKING:
    import duckdb

Named = Annotated[str | None, typer.Option(help="One document: its file name or the beginning of its id.", show_default=False)]


def report(
    out: Annotated[Path | None, typer.Option(help="An HTML page that loads nothing from anywhere.", show_default=False)] = None,
    checklist: Annotated[Path | None, typer.Option(help="The form 预算公开情况检查表, as XLSX.", show_default=False)] = None,
    document: Named = None,
    home: Home = None,
) -> None:
    """Findings with the printed text behind each, as a page; or the form that finance bureaus fill in by hand."""
    from yusuan.reporting.evidence import chosen
    from yusuan.warehouse.query import snapshot

    if out is None and checklist is None:
        raise YusuanError("say where to write: --out report.html, --checklist checklist.xlsx, or both")
    with snapshot(Settings.load(home=home)) as connection:
        for line in write(connection, chosen(connection, document), out, checklist):
            print(line)


def write(connection: "duckdb.DuckDBPyConnection", ids: list[str], out: Path | None, checklist: Path | None) -> list[str]:
    """Both forms of the same documents; a sentence for each file."""
    from yusuan.reporting import checklist as form
    from yusuan.reporting import page
    from yusuan.reporting.evidence import documents

    found, written = documents(connection, ids), []
    if out is not None:
        page.write(found, out)
        written.append(f"wrote {out}: {len(found):,} documents")
    if checklist is not None:
        sheets = form.write(connection, found, checklist)
        written.append(f"wrote {checklist}: {sheets:,} disclosures")
    return written
