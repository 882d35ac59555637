"""What the sources of raw/sources.yml had to offer. How it is fetched belongs to yusuan.landing.acquisition."""

from collections import Counter
from datetime import timedelta

import dagster as dg

from yusuan.landing.acquisition.sources import Source, read_sources
from yusuan.progress import Progress
from yusuan.resources import POOL
from yusuan.settings import Settings, YusuanError
from yusuan.warehouse import acquisitions as log
from yusuan.warehouse import load
from yusuan.warehouse.schema import ACQUISITIONS, SCHEMA

# Sources are asked every night: two nights without an answer are worth a look, a week is a failure.
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=7), warn_window=timedelta(days=2))


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
            # Each source has a history of its own in the catalogue, whatever sources.yml declares by then. One of which nothing
            # could be had ages, and its freshness policy tells.
            if set(counts) != {_outcome(None)}:
                context.log_event(dg.AssetMaterialization(_key(source), metadata=_described(source, counts)))
            total += counts
            progress.advance(number, len(sources))
    return dg.MaterializeResult(metadata={"sources": len(sources), **total})


def source_specs(settings: Settings) -> list[dg.AssetSpec]:
    """The declared sources as assets of others, each with the age from which it is stale. A file that cannot be understood declares
    none here: the run says what is wrong with it."""
    try:
        sources = read_sources(settings.raw)
    except YusuanError:
        return []
    return [
        dg.AssetSpec(
            _key(source),
            group_name="sources",
            description=f"Disclosures of {source.publisher or source.name}, declared in raw/sources.yml ({source.kind}).",
            freshness_policy=FRESH,
        )
        for source in sources
    ]


def _key(source: Source) -> dg.AssetKey:
    return dg.AssetKey(["source", source.name])


def _outcome(changed: bool | None) -> str:
    return {True: "changed", False: "unchanged", None: "failed"}[changed]


def _described(source: Source, counts: Counter[str]) -> dict[str, dg.MetadataValue]:
    return {"kind": dg.MetadataValue.text(source.kind), **{name: dg.MetadataValue.int(count) for name, count in counts.items()}}
