"""The published snapshot. How it is written belongs to yusuan.warehouse.publish, whether it may be to the blocking checks."""

from dataclasses import replace

import dagster as dg

from yusuan import changes
from yusuan.assets.quality import KEY as CHECKED
from yusuan.progress import Progress
from yusuan.resources import POOL
from yusuan.settings import Settings
from yusuan.warehouse.publish import publish


@dg.asset(
    key=["published", "warehouse"],
    deps=[CHECKED],
    group_name="published",
    description="The snapshot that analysts read: staging, marts and quality in one file with Parquet beside it, replaced as a whole.",
    kinds={"duckdb", "parquet"},
    pool=POOL,
)
def warehouse(
    settings: dg.ResourceParam[Settings], progress: dg.ResourceParam[Progress], home_lock: dg.ResourceParam[object]
) -> dg.MaterializeResult:
    if not (settings.full or settings.accept) and changes.already_published(settings):
        # A new snapshot without news would only push an old one out, and undo a rollback.
        return dg.MaterializeResult(metadata={"path": str(settings.published), "unchanged": True})
    with progress.stage("publish"):
        snapshot = publish(settings)
        landed = changes.load(settings.landed)
        if landed is not None:
            changes.save(replace(landed, snapshot=changes.stamp_of(settings.published)), settings.built)
    size = settings.published.stat().st_size
    return dg.MaterializeResult(
        metadata={"path": str(settings.published), "snapshot": snapshot.id, "bytes": size, "rows": dg.MetadataValue.json(snapshot.rows)}
    )
