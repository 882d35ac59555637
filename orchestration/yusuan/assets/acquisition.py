"""What the sources of raw/sources.yml had to offer. How it is fetched belongs to yusuan.landing.acquisition."""

from collections import Counter

import dagster as dg

from yusuan.landing.acquisition.sources import Source, read_sources
from yusuan.progress import Progress
from yusuan.resources import POOL
from yusuan.settings import Settings
from yusuan.warehouse import acquisitions as log
from yusuan.warehouse import load
from yusuan.warehouse.schema import ACQUISITIONS, SCHEMA


@dg.asset(
    key=[SCHEMA, ACQUISITIONS.name],
    group_name="landing",
    description=f"{ACQUISITIONS.grain} A source that cannot be reached stops nothing: what it gave before stands.",
    kinds={"duckdb"},
    pool=POOL,
)
def acquisitions(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
    home_lock: dg.ResourceParam[object],
) -> dg.MaterializeResult:
    sources = read_sources(settings.raw)
    if not sources:
        return dg.MaterializeResult(metadata={"sources": 0})
    # What speaks HTTP is imported only where something is to be fetched.
    from yusuan.landing.acquisition.acquire import Acquirer
    from yusuan.landing.acquisition.hosts import Hosts

    acquirer = Acquirer(settings, Hosts(), context.run.run_id)
    total: Counter[str] = Counter()
    with load.working(settings) as connection, progress.stage("acquire", len(sources)):
        for number, source in enumerate(sources, start=1):
            counts: Counter[str] = Counter()
            for row in acquirer.acquire(source, log.latest(connection, source.name)):
                log.record(connection, row)
                counts[_outcome(row.changed)] += 1
                if row.error:
                    progress.say(f"{row.url}: {row.error}")
                    context.log.warning(f"{row.url}: {row.error}")
            # Each source has a history of its own in the catalogue, whatever sources.yml declares by then.
            context.log_event(dg.AssetMaterialization(["source", source.name], metadata=_described(source, counts)))
            total += counts
            progress.advance(number, len(sources))
    return dg.MaterializeResult(metadata={"sources": len(sources), **total})


def _outcome(changed: bool | None) -> str:
    return {True: "changed", False: "unchanged", None: "failed"}[changed]


def _described(source: Source, counts: Counter[str]) -> dict[str, dg.MetadataValue]:
    return {"kind": dg.MetadataValue.text(source.kind), **{name: dg.MetadataValue.int(count) for name, count in counts.items()}}
