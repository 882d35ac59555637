"""What people have been told of the published snapshot. Whom, of what and how, belongs to yusuan.alerts."""

import dagster as dg

from yusuan import alerts
from yusuan.assets.publish import warehouse
from yusuan.progress import Progress
from yusuan.resources import POOL
from yusuan.settings import Settings


@dg.asset(
    key=["published", "alerts"],
    deps=[warehouse],
    group_name="published",
    description="Messages about new and reopened findings and stale sources, by channel. A channel that fails stops nothing.",
    kinds={"apprise"},
    pool=POOL,
)
def deliveries(
    settings: dg.ResourceParam[Settings], progress: dg.ResourceParam[Progress], home_lock: dg.ResourceParam[object]
) -> dg.MaterializeResult:
    sent = alerts.published(settings, progress.say)
    return dg.MaterializeResult(metadata={"channels": len(sent), "messages": sum(sent.values())})
