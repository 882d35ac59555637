"""Options that several commands share, with one meaning and one help text."""

from pathlib import Path
from typing import Annotated

import typer

Raw = Annotated[Path | None, typer.Option(help="Disclosures as published.  [env YUSUAN_RAW, default raw]", show_default=False)]
Home = Annotated[Path | None, typer.Option(help="The warehouse.  [env YUSUAN_HOME, default warehouse]", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
English = Annotated[bool, typer.Option("--english", help="Sentences in English.")]
