"""`yusuan inspect`: disclosures read, parsed and checked before publication, in a working file of their own that is thrown away.

The rooms are those of a build; only dbt is left out, its models are run as they were compiled (warehouse/template.py). What is
found is told by reporting/, as for a published snapshot.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from yusuan.intake import take_in
from yusuan.landing import land
from yusuan.landing.folder import is_disclosure
from yusuan.landing.register import QUARANTINED
from yusuan.progress import Progress
from yusuan.settings import Settings, YusuanError
from yusuan.warehouse import load, template

# Beginnings of relative paths in the register of the throw-away HOME.
INSPECTED, BESIDE = "inspected/", "beside/"
RUN = "inspect"


@dataclass(frozen=True)
class Inspection:
    """`connection` reads a warehouse with all models; `documents` are the ids of what was to be inspected and could be read;
    `unreadable` gives by file name the reason why a file could not."""

    connection: duckdb.DuckDBPyConnection
    documents: tuple[str, ...]
    unreadable: dict[str, str]


@contextmanager
def inspected(files: Sequence[Path], beside: Sequence[Path] = (), say: Callable[[str], None] = lambda line: None) -> Iterator[Inspection]:
    with TemporaryDirectory(prefix="yusuan-") as directory:
        settings = Settings.load(raw=Path(directory, "raw"), home=Path(directory, "home"))
        _gather(files, settings.raw / INSPECTED)
        _gather(beside, settings.raw / BESIDE)
        statements = template.lay_out(settings, say)
        with load.working(settings) as connection:
            landing = land(settings, {}, {})
            load.write_register(connection, landing.register)
            take_in(settings, connection, load.due(connection, "", "", full=True), Progress(), RUN)
            template.run_models(connection, statements)
            register = load.read_register(connection).values()
            chosen = [entry for entry in register if entry.relative_path.startswith(INSPECTED)]
            unreadable = {entry.file_name: entry.reason or "" for entry in chosen if entry.status == QUARANTINED}
            readable = tuple(entry.document_id for entry in chosen if entry.status != QUARANTINED)
            yield Inspection(connection, readable, unreadable)


def _gather(files: Sequence[Path], below: Path) -> None:
    """Copies, each in a folder of its own: two files of one name are two documents."""
    for number, file in enumerate(files, start=1):
        if not file.is_file():
            raise YusuanError(f"there is no file {file}")
        if not is_disclosure(Path(file.name)):
            raise YusuanError(f"{file.name} has the name of a hidden or unfinished file: rename it")
        folder = below / f"{number:04}"
        folder.mkdir(parents=True)
        shutil.copyfile(file, folder / file.name)
