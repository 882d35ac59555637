"""When a build runs by itself: once a day, and when raw/ changes, and who hears of a failure. What a build does is the job's business."""

import dagster as dg

from yusuan import alerts
from yusuan.changes import nothing_changed, raw_fingerprint
from yusuan.progress import Progress
from yusuan.settings import Settings, YusuanError

# Finance bureaus publish during the day; the night's build has the day's disclosures by breakfast.
DAILY = "30 3 * * *"
TIME_ZONE = "Asia/Shanghai"
LOOK_EVERY_SECONDS = 60


def daily_schedule(job: str) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name="build_daily", job_name=job, cron_schedule=DAILY, execution_timezone=TIME_ZONE, description="Builds the warehouse every night."
    )


def raw_sensor(job: str, settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="raw_changed",
        job_name=job,
        minimum_interval_seconds=LOOK_EVERY_SECONDS,
        description="Builds the warehouse when files in raw/ appear, change or go; an upload in progress is waited for.",
    )
    def raw_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            now = raw_fingerprint(settings.raw)
        except YusuanError as error:
            return dg.SkipReason(str(error))
        seen, _, built = (context.cursor or "|").partition("|")
        if now == built:
            return dg.SkipReason("raw/ is as it was at the last build")
        if now != seen:
            # Changing right now: a build starts when two looks in a row see the same.
            return dg.SensorResult(skip_reason=dg.SkipReason("raw/ is changing"), cursor=f"{now}|{built}")
        if nothing_changed(settings):
            return dg.SensorResult(skip_reason=dg.SkipReason("raw/ was built by somebody else"), cursor=f"{now}|{now}")
        return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=f"{now}|{now}")

    return raw_changed


def failure_alert(settings: Settings, progress: Progress) -> dg.HookDefinition:
    """Runs in the process of the run that fails, whoever started it."""

    @dg.failure_hook(name="failure_alert")
    def tell(context: dg.HookContext) -> None:
        error = context.op_exception
        if error is None or isinstance(error, KeyboardInterrupt | dg.DagsterExecutionInterruptedError):
            return
        sentence = " ".join(str(error).split())
        alerts.failed(settings, sentence if isinstance(error, YusuanError) else f"{context.step_key}: {sentence}", progress.say)

    return tell
