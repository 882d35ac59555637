"""What is remembered of hosts during one run, over all sources: when each was asked, and which do not answer."""

import time
from collections.abc import Callable


class Hosts:
    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self.sleep = sleep
        self.down: dict[str, str] = {}
        self._asked: dict[str, float] = {}

    def wait_turn(self, host: str, seconds: float) -> None:
        """Returns when `seconds` have passed since the host was last asked."""
        pause = self._asked.get(host, float("-inf")) + seconds - time.monotonic()
        if pause > 0:
            self.sleep(pause)
        self._asked[host] = time.monotonic()
