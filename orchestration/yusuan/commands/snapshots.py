"""`yusuan snapshots`, `rollback` and `diff`: the snapshots that HOME keeps, going back to one, and what two differ in."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yusuan.commands.options import Home, Json
from yusuan.settings import Settings, YusuanError

if TYPE_CHECKING:
    from yusuan.warehouse.differences import AmountChange, DocumentChange, Totals

HEADER = ("snapshot", "created (UTC)", "documents", "amounts", "")
NAMES = "An id of `yusuan snapshots` or its beginning, `current` or `previous`"
# What the last build made, published or held back.
WORKING = "working"
AMOUNTS_SHOWN = 20


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


def diff(
    before: Annotated[str, typer.Argument(help=f"{NAMES}.")],
    after: Annotated[str, typer.Argument(help=f"{NAMES}; `{WORKING}` for what the last build made and may have held back.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What changed from one snapshot to another: documents and amounts that were added, revised or are gone."""
    import duckdb

    from yusuan.tabulate import plain
    from yusuan.warehouse.differences import differences

    settings = Settings.load(home=home)
    try:
        with differences(_database(settings, before), _database(settings, after)) as found:
            totals, documents, amounts = found.totals(), found.documents(), found.amounts()
    except duckdb.Error as error:
        # A build has the working file, or a version with other tables made one of the two.
        raise YusuanError(f"{before} and {after} cannot be compared: {' '.join(str(error).split())}") from None
    if as_json:
        told = {"totals": asdict(totals), "documents": [asdict(each) for each in documents], "amounts": [asdict(each) for each in amounts]}
        print(json.dumps(told, ensure_ascii=False, indent=2, default=plain))
    else:
        print("\n".join(_told(totals, documents, amounts)))


def _database(settings: Settings, name: str) -> Path:
    from yusuan.warehouse.snapshots import database_of, find

    if name != WORKING:
        return database_of(settings, find(settings, name))
    if not settings.working.exists():
        raise YusuanError(f"there is no build in {settings.home}: run yusuan build first, or name another --home")
    return settings.working


def _told(totals: "Totals", documents: "list[DocumentChange]", amounts: "list[AmountChange]") -> list[str]:
    lines = [
        f"documents  {totals.documents_before:,} -> {totals.documents_after:,}",
        f"amounts    {totals.amounts_before:,} -> {totals.amounts_after:,}",
    ]
    for document in documents:
        about = " ".join(str(each) for each in (document.publisher_name, document.fiscal_year, document.document_kind) if each)
        lines += ["", f"{document.change:<8} {document.file_name}  {about}", f"         {_counts(document)}"]
        if document.reason:
            lines.append(f"         {document.reason}")
        changed = [amount for amount in amounts if (amount.before_id, amount.after_id) == (document.before_id, document.after_id)]
        lines += [f"         {_amount(amount)}" for amount in changed[:AMOUNTS_SHOWN]]
        if len(changed) > AMOUNTS_SHOWN:
            lines.append(f"         and {len(changed) - AMOUNTS_SHOWN:,} more: --json prints all")
    return lines if documents else [*lines, "", "no differences"]


def _counts(document: "DocumentChange") -> str:
    counts = (("added", document.added), ("revised", document.revised), ("gone", document.gone))
    told = ", ".join(f"{count:,} {name}" for name, count in counts if count)
    return f"{document.amounts_before:,} -> {document.amounts_after:,} amounts: {told or 'none differs'}"


def _amount(amount: "AmountChange") -> str:
    labels = (
        amount.statement,
        amount.agency_name,
        amount.project_name,
        amount.line_item,
        amount.measure,
        amount.fund_source,
        amount.period,
    )
    about = " | ".join(dict.fromkeys(label for label in labels if label))
    if amount.before_yuan is None:
        return f"added    {amount.after_yuan:>18,}  {about} ({amount.after_place})"
    if amount.after_yuan is None:
        return f"gone     {amount.before_yuan:>18,}  {about} ({amount.before_place})"
    change = amount.after_yuan - amount.before_yuan
    return f"revised  {amount.before_yuan:>18,} -> {amount.after_yuan:,} ({change:+,})  {about} ({amount.after_place})"
