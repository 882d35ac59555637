"""`yusuan docs`: what the tables mean, for people: the data dictionary of the published snapshot and dbt's own documentation."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from yusuan.commands.options import Home
from yusuan.settings import Settings, YusuanError

PAGE = "models.html"


def docs(out: Annotated[Path, typer.Option(help="Directory to write to.")], home: Home = None) -> None:
    """Write the data dictionary (Markdown) and dbt's documentation of models, columns and lineage (one HTML page)."""
    from yusuan.resources import dbt_project, dbt_resource
    from yusuan.warehouse.lock import home_lock
    from yusuan.warehouse.publish import DICTIONARY
    from yusuan.warehouse.query import published_file

    settings = Settings.load(home=home)
    dictionary = published_file(settings).with_name(DICTIONARY)
    out.mkdir(parents=True, exist_ok=True)
    # dbt asks the working file for its tables: nobody may be building.
    with home_lock(settings), tempfile.TemporaryDirectory() as directory:
        settings.apply()
        made = dbt_resource(dbt_project(settings)).cli(
            ["docs", "generate", "--static", "--quiet"], target_path=Path(directory), raise_on_error=False
        )
        if not made.wait().is_successful():
            raise YusuanError(f"dbt cannot document its models: {made.get_error()}")
        page = shutil.copy(next(Path(directory).rglob("static_index.html")), out / PAGE)
    print(shutil.copy(dictionary, out / dictionary.name))
    print(page)
