"""Whether a finished build may take the place of the published snapshot, judged by what would be lost or change.

A build that loses documents, or in which much is different all at once, is more often an accident (a share that was not mounted, a
reader that broke) than news: a person looks first. What the figures say is judged by the checks, not here.
"""

from dataclasses import dataclass

import duckdb

from yusuan.settings import Settings
from yusuan.warehouse.differences import DocumentChange, Totals, differences

CHECK = "volume"
NAMED = 3


@dataclass(frozen=True)
class Volume:
    """`totals` is None where there is nothing published that can be compared; `reasons` are why a person should look first."""

    totals: Totals | None = None
    reasons: tuple[str, ...] = ()


def measure(settings: Settings) -> Volume:
    """The working file against the published snapshot."""
    if not settings.published.exists():
        return Volume()
    try:
        with differences(settings.published.resolve(), settings.working) as found:
            return judge(found.totals(), found.documents(), found.row_counts(), settings.max_changed_share)
    except duckdb.Error:
        # Made by a version with other tables, or no database any more: to publish is then the repair.
        return Volume()


def judge(totals: Totals, documents: list[DocumentChange], row_counts: dict[str, tuple[int, int]], max_changed_share: float) -> Volume:
    """`row_counts`: rows of each fact before and after. Fewer claims or targets are as suspicious as fewer amounts."""
    lost = [document for document in documents if document.change == "gone"]
    reasons = [_lost(lost)] if lost else []
    if totals.amounts_lost_or_revised > max_changed_share * totals.amounts_before:
        share = totals.amounts_lost_or_revised / totals.amounts_before
        reasons.append(
            f"{share:.0%} of the published amounts ({totals.amounts_lost_or_revised:,} of {totals.amounts_before:,}) would be gone or "
            f"different, more than {max_changed_share:.0%} (YUSUAN_MAX_CHANGED_SHARE)"
        )
    reasons += [
        f"{table} would have {after:,} rows instead of {before:,}"
        for table, (before, after) in row_counts.items()
        if before - after > max_changed_share * before
    ]
    return Volume(totals, tuple(reasons))


def _lost(documents: list[DocumentChange]) -> str:
    named = ", ".join(f"{each.file_name} ({each.reason})" if each.reason else each.file_name for each in documents[:NAMED])
    more = f" and {len(documents) - NAMED} more" if len(documents) > NAMED else ""
    return f"{len(documents)} published {'document' if len(documents) == 1 else 'documents'} would be lost: {named}{more}"
