"""The register: what is in raw/, kept and judged. How files are judged belongs to yusuan.landing."""

from collections import Counter
from datetime import timedelta

import dagster as dg

from yusuan import changes, outcomes
from yusuan.landing import land
from yusuan.landing.acquisition.sources import read_sources
from yusuan.progress import Progress
from yusuan.resources import POOL
from yusuan.settings import Settings
from yusuan.warehouse import acquisitions, load
from yusuan.warehouse.schema import ACQUISITIONS, REGISTER, SCHEMA


@dg.asset(
    key=["staging", REGISTER.name],
    group_name="landing",
    deps=[[SCHEMA, ACQUISITIONS.name]],
    description=f"{REGISTER.grain} New bytes are kept under their hash; nothing in raw/ is changed.",
    kinds={"duckdb"},
    # A build runs every night; raw/ that nobody has looked at for two days tells of a scheduler that stands still.
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(days=2), warn_window=timedelta(hours=26)),
    pool=POOL,
)
def register(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
    home_lock: dg.ResourceParam[object],
) -> dg.MaterializeResult:
    earlier = changes.load(settings.landed) or changes.load(settings.built)
    known = earlier.files if earlier else {}
    with load.working(settings) as connection, progress.stage("land"):
        acquired = acquisitions.hints(connection, read_sources(settings.raw))
        landing = land(settings, load.read_register(connection), known, advance=progress.advance, acquired=acquired)
        load.write_register(connection, landing.register)
        load.replace_outcomes(connection, outcomes.of_landing(landing.register.values(), context.run.run_id))
    changes.save(changes.state_of(settings, landing.fingerprints), settings.landed)
    for path in landing.still_writing:
        progress.say(f"{path} is still being written or cannot be opened: left for the next build")
    counts = Counter(entry.status for entry in landing.register.values())
    quarantined = [f"- {entry.relative_path}: {entry.reason}" for entry in landing.register.values() if entry.status == "quarantined"]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(landing.register),
            **{status: dg.MetadataValue.int(count) for status, count in counts.items()},
            "quarantine": dg.MetadataValue.md("\n".join(quarantined) or "none"),
            "still_writing": dg.MetadataValue.json(landing.still_writing),
        }
    )
