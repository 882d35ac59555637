"""`yusuan snapshots`, `rollback` and `diff`: the snapshots that HOME keeps, going back to one, and what two differ in."""

import json
from typing import Annotated

import typer

from yusuan.commands.options import Home, Json
from yusuan.settings import Settings

HEADER = ("snapshot", "created (UTC)", "documents", "amounts", "")
NAMES = "An id of `yusuan snapshots` or its beginning, `current` or `previous`"


def snapshots(home: Home = None, as_json: Json = False) -> None:
    """The snapshots that HOME keeps, the newest first."""
    from yusuan.tabulate import table
    from yusuan.warehouse.snapshots import current, kept

    settings = Settings.load(home=home)
    published = current(settings)
    rows = [(each, "current" if each == published else "") for each in kept(settings)]
    if as_json:
        print(json.dumps([{**each.as_json(), "current": bool(mark)} for each, mark in rows], ensure_ascii=False, indent=2))
        return
    printed = [(each.id, each.created_at[:19].replace("T", " "), each.documents, each.amounts, mark) for each, mark in rows]
    print(table(HEADER, printed, [False, False, True, True, False]))


def rollback(snapshot: Annotated[str, typer.Argument(help=f"{NAMES}.")], home: Home = None) -> None:
    """Publish an earlier snapshot again; it stands until something changes."""
    from yusuan import changes
    from yusuan.warehouse.lock import home_lock
    from yusuan.warehouse.snapshots import roll_back

    settings = Settings.load(home=home)
    with home_lock(settings):
        published = roll_back(settings, snapshot)
        changes.hold(settings)
    print(f"{settings.published} is snapshot {published.id} again, until something changes or yusuan build --full")
