"""What robots.txt of a host allows us, by RFC 9309: a host without the file allows everything."""

from collections.abc import Callable

import httpx
from protego import Protego

# A host that asks for hours between requests does not want to be read; a build does not wait for it.
LONGEST_DELAY = 60.0


class Robots:
    """Asks each origin once; `text_of` fetches its robots.txt, empty where there is none, and raises when it cannot be had:
    then nothing of the origin may be fetched."""

    def __init__(self, agent: str, text_of: Callable[[httpx.URL], str]) -> None:
        self._agent = agent
        self._text_of = text_of
        self._known: dict[str, Protego] = {}

    def allows(self, url: httpx.URL) -> bool:
        return self._rules(url).can_fetch(str(url), self._agent)

    def delay(self, url: httpx.URL) -> float:
        """Seconds between two requests that the host asks for."""
        return min(self._rules(url).crawl_delay(self._agent) or 0.0, LONGEST_DELAY)

    def _rules(self, url: httpx.URL) -> Protego:
        address = url.copy_with(path="/robots.txt", query=None, fragment=None)
        origin = str(address)
        if origin not in self._known:
            self._known[origin] = Protego.parse(self._text_of(address))
        return self._known[origin]
