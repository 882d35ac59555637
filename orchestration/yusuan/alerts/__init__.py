"""Alerts that people read: what is new since a channel was last told, in few messages, by whatever channel Apprise knows.

Nothing here may fail a run: what cannot be delivered is said in one sentence and tried again after the next run.
"""

from yusuan.alerts.deliver import failed, published, test

__all__ = ["failed", "published", "test"]
