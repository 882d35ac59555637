"""The command line: arguments in, one call into the package, text out. Imports what a command needs when it runs."""

import json
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from yusuan.commands import alert, docs, export, inspect, report, snapshots
from yusuan.commands.options import Home, Json, Raw
from yusuan.settings import Settings, YusuanError

if TYPE_CHECKING:
    from yusuan.progress import Progress

STRICT_EXIT = 3

app = typer.Typer(
    help="Chinese government budget disclosures as a checked, queryable warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command()(alert.alert)
app.command()(inspect.inspect)
app.command()(report.report)
app.command()(snapshots.snapshots)
app.command()(snapshots.rollback)
app.command()(snapshots.diff)
app.command()(export.export)
app.command()(docs.docs)


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@app.command()
def build(
    raw: Raw = None,
    home: Home = None,
    full: Annotated[bool, typer.Option("--full", help="Read and parse every document again.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 3 when a blocking check failed or a document was quarantined.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Publish although documents are lost or much has changed.")] = False,
    as_json: Json = False,
) -> None:
    """Land, read, parse, load, model, check and publish; print a summary."""
    from yusuan.build import build as run
    from yusuan.summary import as_text

    summary = run(Settings.load(raw, home, full, accept), _progress())
    print(json.dumps(summary.as_json(), ensure_ascii=False, indent=2) if as_json else as_text(summary))
    refused = summary.status in ("blocked", "held")
    if strict and (refused or summary.documents["quarantined"]):
        raise typer.Exit(STRICT_EXIT)
    if refused:
        raise typer.Exit(1)


def _progress() -> "Progress":
    from yusuan.progress import PlainProgress, TerminalProgress

    return TerminalProgress() if sys.stderr.isatty() else PlainProgress()


@app.command()
def check(home: Home = None, as_json: Json = False) -> None:
    """The findings of the published snapshot."""
    from yusuan.listing import findings
    from yusuan.warehouse.query import snapshot

    with snapshot(Settings.load(home=home)) as connection:
        print(findings(connection, as_json))


@app.command()
def status(home: Home = None, as_json: Json = False) -> None:
    """Each document and step: bytes landed, lines, tables, recognised statements, amounts, proof, reasons for quarantine."""
    from yusuan.listing import documents
    from yusuan.warehouse.query import snapshot

    with snapshot(Settings.load(home=home)) as connection:
        print(documents(connection, as_json))


@app.command()
def doctor(raw: Raw = None, as_json: Json = False) -> None:
    """What works on this machine, what is missing, and how to get it."""
    from yusuan import doctor

    findings = doctor.examine(Settings.load(raw))
    print(json.dumps(doctor.as_json(findings), ensure_ascii=False, indent=2) if as_json else doctor.as_text(findings))


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement; schemas marts, quality and staging. - reads it from standard input.")],
    home: Home = None,
    format: Annotated[Format, typer.Option(help="How rows are printed.")] = Format.table,
) -> None:
    """Read-only SQL on the published snapshot."""
    from yusuan.tabulate import write
    from yusuan.warehouse.query import select, snapshot

    with snapshot(Settings.load(home=home)) as connection:
        write(select(connection, sys.stdin.read() if sql == "-" else sql), format.value)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words inside names; all of them must be there: 政务云 运维.")],
    home: Home = None,
    limit: Annotated[int, typer.Option(min=1, help="How many hits are shown.")] = 50,
    format: Annotated[Format, typer.Option(help="How hits are printed.")] = Format.table,
) -> None:
    """Projects and printed items by words inside their names, with amounts in yuan, agency and year."""
    from yusuan.searching import search as find
    from yusuan.tabulate import write
    from yusuan.warehouse.query import snapshot

    with snapshot(Settings.load(home=home)) as connection:
        write(find(connection, words, limit).project("* exclude (amount_ids)"), format.value)


@app.command()
def cite(
    amount: Annotated[str, typer.Argument(help="The amount_id of marts.budget_amounts, or its beginning.")],
    home: Home = None,
    english: Annotated[bool, typer.Option("--english", help="In English.")] = False,
    as_json: Json = False,
) -> None:
    """The citation of one amount: document, publisher, address, date, place, printed text, fingerprint."""
    from yusuan import citing
    from yusuan.tabulate import plain
    from yusuan.warehouse.query import snapshot

    with snapshot(Settings.load(home=home)) as connection:
        cited = citing.source(connection, amount)
    if as_json:
        print(json.dumps(cited, ensure_ascii=False, indent=2, default=plain))
    else:
        print(citing.english(cited) if english else citing.chinese(cited))


@app.command()
def explore(home: Home = None, port: Annotated[int, typer.Option(help="Port of the web page; 0 takes a free one.")] = 2718) -> None:
    """The web page for analysts, on this machine only."""
    from yusuan.exploring.server import serve

    serve(Settings.load(home=home), port)


@app.command()
def ui(
    raw: Raw = None,
    home: Home = None,
    port: Annotated[int, typer.Option(help="Port of the web page.")] = 3000,
) -> None:
    """Dagster's web UI with assets, checks, the schedule and the sensor."""
    from yusuan.build import prepare_instance

    settings = Settings.load(raw, home)
    prepare_instance(settings)
    os.chdir(settings.dagster_home)
    command = [sys.executable, "-m", "dagster", "dev", "--module-name", "yusuan.definitions", "--host", "127.0.0.1", "--port", str(port)]
    # In place of this process, so that whoever stops it stops Dagster and not only the one who started it.
    os.execv(sys.executable, command)


def main() -> None:
    try:
        app()
    except YusuanError as error:
        print(f"yusuan: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough.
        sys.stderr.close()
    except Exception as error:
        if os.environ.get("YUSUAN_DEBUG"):
            raise
        print(f"yusuan: unexpected {type(error).__name__}: {error} (YUSUAN_DEBUG=1 shows where)", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
