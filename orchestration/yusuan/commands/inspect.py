"""`yusuan inspect`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from yusuan.commands.options import English, Json

ERRORS_EXIT, UNREADABLE_EXIT = 3, 1


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Disclosures, before or after publication.", show_default=False)],
    beside: Annotated[
        list[Path] | None, typer.Option(help="Its department's document, or last year's; may be given again.", show_default=False)
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Also write a page (.html) or the form (.xlsx).", show_default=False)] = None,
    english: English = False,
    as_json: Json = False,
) -> None:
    """What an examiner would say of one disclosure: figures, proof, findings. Needs no warehouse; exits 3 on an error."""
    from yusuan.commands.report import write
    from yusuan.inspection import inspected
    from yusuan.reporting import text
    from yusuan.reporting.evidence import documents
    from yusuan.tabulate import plain

    with inspected(files, beside or (), lambda line: print(line, file=sys.stderr)) as inspection:
        found = documents(inspection.connection, inspection.documents)
        if as_json:
            told: dict[str, Any] = {"documents": [text.as_json(each) for each in found], "unreadable": inspection.unreadable}
            print(json.dumps(told, ensure_ascii=False, indent=2, default=plain))
        else:
            print("\n\n".join(text.as_text(each, english) for each in found), end="\n" if found else "")
        for name, reason in inspection.unreadable.items():
            print(f"{name}: {reason}", file=sys.stderr)
        if report is not None:
            is_form = report.suffix.lower() == ".xlsx"
            for line in write(inspection.connection, list(inspection.documents), None if is_form else report, report if is_form else None):
                print(line, file=sys.stderr)
    if any(each.count("error") for each in found):
        raise typer.Exit(ERRORS_EXIT)
    if inspection.unreadable:
        raise typer.Exit(UNREADABLE_EXIT)
