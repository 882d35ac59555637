"""The published snapshot. How it is written belongs to yusuan.warehouse.publish, whether it may be to the blocking checks and the
gate."""

from collections.abc import Iterator
from dataclasses import asdict, replace

import dagster as dg

from yusuan import changes
from yusuan.assets.quality import KEY as CHECKED
from yusuan.progress import Progress
from yusuan.resources import POOL
from yusuan.settings import Settings
from yusuan.warehouse import gate
from yusuan.warehouse.publish import publish

KEY = dg.AssetKey(["published", "warehouse"])


@dg.asset(
    key=KEY,
    deps=[CHECKED],
    check_specs=[
        dg.AssetCheckSpec(
            gate.CHECK,
            asset=KEY,
            blocking=True,
            description="No published document is lost and no large share of the amounts changes, unless a person accepts it.",
        )
    ],
    group_name="published",
    description="The snapshot that analysts read: staging, marts and quality in one file with Parquet beside it, replaced as a whole.",
    kinds={"duckdb", "parquet"},
    pool=POOL,
)
def warehouse(
    settings: dg.ResourceParam[Settings], progress: dg.ResourceParam[Progress], home_lock: dg.ResourceParam[object]
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
    if not (settings.full or settings.accept) and changes.already_published(settings):
        # A new snapshot without news would only push an old one out, and undo a rollback.
        yield _checked(gate.Volume(), accepted=False)
        yield dg.MaterializeResult(metadata={"path": str(settings.published), "unchanged": True})
        return
    with progress.stage("publish"):
        volume = gate.measure(settings)
        yield _checked(volume, settings.accept)
        if volume.reasons and not settings.accept:
            raise dg.Failure("; ".join(volume.reasons), allow_retries=False)
        snapshot = publish(settings)
        landed = changes.load(settings.landed)
        if landed is not None:
            changes.save(replace(landed, snapshot=changes.stamp_of(settings.published)), settings.built)
    size = settings.published.stat().st_size
    yield dg.MaterializeResult(
        metadata={"path": str(settings.published), "snapshot": snapshot.id, "bytes": size, "rows": dg.MetadataValue.json(snapshot.rows)}
    )


def _checked(volume: gate.Volume, accepted: bool) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=KEY,
        check_name=gate.CHECK,
        passed=not volume.reasons,
        severity=dg.AssetCheckSeverity.WARN if accepted else dg.AssetCheckSeverity.ERROR,
        description="; ".join(volume.reasons) or None,
        metadata=asdict(volume.totals) if volume.totals else None,
    )
