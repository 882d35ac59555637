"""Tells each channel what it does not know yet, and remembers what it was told. A channel that fails is told again next time.

Nothing here raises but `test`: a run has done its work before anybody is told of it.
"""

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress

import duckdb

from yusuan.alerts import messages
from yusuan.alerts.config import Alerts, Channel, read_alerts
from yusuan.alerts.news import Finding, News, news
from yusuan.alerts.record import CLOSED, OPEN, Told, load, save
from yusuan.settings import Settings, YusuanError

Say = Callable[[str], None]
logger = logging.getLogger(__name__)


def published(settings: Settings, say: Say = logger.warning) -> dict[str, int]:
    """After a run: what is new in the published snapshot. Messages delivered by channel; `say` hears of every failure."""

    def tell(alerts: Alerts, record: dict[str, Told]) -> dict[str, int]:
        from yusuan.landing.acquisition.sources import read_sources
        from yusuan.warehouse.query import snapshot

        declared = [source.name for source in read_sources(settings.raw)]
        with snapshot(settings) as connection:
            found = news(connection, alerts.stale_after_days, declared)
        return {
            channel.name: _Telling(alerts, channel, record.setdefault(channel.name, Told()), say).all(found) for channel in alerts.channels
        }

    return _told(settings, tell, say)


def failed(settings: Settings, sentence: str, say: Say = logger.warning) -> dict[str, int]:
    """After a run that failed: once for each reason, until a run succeeds."""

    def tell(alerts: Alerts, record: dict[str, Told]) -> dict[str, int]:
        return {
            channel.name: _Telling(alerts, channel, record.setdefault(channel.name, Told()), say).failure(sentence)
            for channel in alerts.channels
            if "failures" in channel.about
        }

    return _told(settings, tell, say)


def test(settings: Settings) -> dict[str, str | None]:
    """Sends a trial message to every channel: by name None, or why it could not be delivered."""
    from yusuan.alerts.channels import send

    alerts = read_alerts(settings.alerts)
    if not alerts.channels:
        raise YusuanError(f"no channel is configured: write {settings.alerts} (README, Alerts)")
    outcomes: dict[str, str | None] = {}
    for channel in alerts.channels:
        try:
            outcomes[channel.name] = send(channel, *messages.trial(channel.name))
        except YusuanError as error:
            outcomes[channel.name] = str(error)
    return outcomes


def _told(settings: Settings, tell: Callable[[Alerts, dict[str, Told]], dict[str, int]], say: Say) -> dict[str, int]:
    """`tell` with the record around it; whatever goes wrong is said and not raised."""
    try:
        alerts = read_alerts(settings.alerts)
        if not alerts.channels:
            return {}
        record = load(settings.delivered)
        try:
            return tell(alerts, record)
        finally:
            # What was delivered before something went wrong is not delivered again.
            save(settings.delivered, record)
    except (YusuanError, OSError, duckdb.Error) as error:
        say(f"alerts: {' '.join(str(error).split())}")
        return {}


class _Telling:
    """One channel, what it knows, and how many messages it has been sent."""

    def __init__(self, alerts: Alerts, channel: Channel, told: Told, say: Say) -> None:
        self.alerts, self.channel, self.told, self.say = alerts, channel, told, say
        self.sent = 0
        self.is_down = False

    def all(self, found: News) -> int:
        self.told.failure = None
        mine = [finding for finding in found.findings if finding.severity in self.channel.severities]
        fresh = [finding for finding in mine if self.told.findings.get(finding.fingerprint) != OPEN]
        now = {finding.fingerprint for finding in mine}
        known = now | found.acknowledged
        closed = [fingerprint for fingerprint, state in self.told.findings.items() if state == OPEN and fingerprint not in known]
        quarantined = [document for document in found.quarantined if document not in self.told.quarantined]
        groups: dict[str, list[Finding]] = {}
        for finding in fresh:
            groups.setdefault(finding.document_id, []).append(finding)
        undelivered = self._documents(found, groups)
        if "digest" in self.channel.about and (fresh or closed or quarantined):
            listed = [(found.documents[document], findings) for document, findings in groups.items()]
            reasons = [found.quarantined[document] for document in quarantined]
            if not self._send(messages.digest(listed, len(closed), reasons, mine)):
                return self._sources(found)
        for finding in fresh:
            if finding.document_id not in undelivered:
                self.told.findings[finding.fingerprint] = OPEN
        self.told.findings.update(dict.fromkeys(closed, CLOSED))
        self.told.quarantined = list(found.quarantined)
        return self._sources(found)

    def _documents(self, found: News, groups: dict[str, list[Finding]]) -> set[str]:
        """A message for each document; the documents of which it could not be delivered."""
        if "findings" not in self.channel.about:
            return set()
        if len(groups) > self.alerts.documents_per_run and "digest" in self.channel.about:
            return set()
        undelivered = set()
        for document, findings in groups.items():
            again = [finding for finding in findings if finding.was_closed or finding.fingerprint in self.told.findings]
            new = [finding for finding in findings if finding not in again]
            if self._send(messages.of_document(found.documents[document], new, again, self.alerts.link)):
                # A digest that fails afterwards must not tell of these documents one by one again.
                self.told.findings.update({finding.fingerprint: OPEN for finding in findings})
            else:
                undelivered.add(document)
        return undelivered

    def _sources(self, found: News) -> int:
        stale = {source.name: source.since or "" for source in found.sources}
        if "sources" in self.channel.about:
            for source in found.sources:
                if self.told.sources.get(source.name) != stale[source.name] and not self._send(messages.stale(source)):
                    del stale[source.name]
            self.told.sources = stale
        return self.sent

    def failure(self, sentence: str) -> int:
        mark = hashlib.sha256(sentence.encode()).hexdigest()
        if self.told.failure != mark and self._send(messages.failure(sentence), is_failure=True):
            self.told.failure = mark
        return self.sent

    def _send(self, message: messages.Message, is_failure: bool = False) -> bool:
        if self.is_down:
            # It was tried as often as is configured: a dead server must not hold up the run for every message again.
            return False
        from yusuan.alerts.channels import send

        problem: str | None = "Apprise failed"
        # A plugin's own mistake must not stop the other channels; its text may hold the address.
        with suppress(Exception):
            try:
                problem = send(self.channel, *message, is_failure=is_failure)
            except YusuanError as error:
                problem = str(error)
        if problem is not None:
            self.is_down = True
            self.say(f"alerts: channel {self.channel.name} was not told and will be told after the next run: {problem}")
            return False
        self.sent += 1
        return True
