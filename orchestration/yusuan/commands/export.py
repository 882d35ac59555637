"""`yusuan export`: what people take away."""

from pathlib import Path
from typing import Annotated

import typer

from yusuan.commands.options import Home
from yusuan.settings import Settings

# As in yusuan.exports.export, which is imported only when it runs.
FORMATS = "parquet, csv (UTF-8, opens in Excel), xlsx or datapackage (Fiscal Data Package)"


def export(
    format: Annotated[str, typer.Option(help=FORMATS)],
    out: Annotated[Path, typer.Option(help="Directory to write to.")],
    table: Annotated[list[str] | None, typer.Option(help="A table, more than once if need be; all of marts and quality otherwise.")] = None,
    chinese: Annotated[bool, typer.Option("--chinese", help="Chinese column headers (csv, xlsx).")] = False,
    home: Home = None,
) -> None:
    """Write the tables of the published snapshot as files."""
    from yusuan.exports.export import Format
    from yusuan.exports.export import export as run

    if format not in list(Format):
        raise typer.BadParameter(f"{format} is no format: choose {FORMATS}", param_hint="--format")
    for path in run(Settings.load(home=home), Format(format), out.expanduser().absolute(), table or (), chinese):
        print(path)
