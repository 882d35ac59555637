"""`yusuan alert`."""

import sys
from typing import Annotated

import typer

from yusuan.commands.options import Home, Raw
from yusuan.settings import Settings


def alert(
    test: Annotated[bool, typer.Option("--test", help="Send a trial message to every channel.")] = False,
    raw: Raw = None,
    home: Home = None,
) -> None:
    """Tell the channels of expectations/alerts.yml what they have not been told yet; a build does so by itself."""
    from yusuan import alerts

    settings = Settings.load(raw, home)
    if not test:
        sent = alerts.published(settings, lambda line: print(line, file=sys.stderr))
        print("\n".join(f"{name}: {messages} messages" for name, messages in sent.items()) or f"no channel was told ({settings.alerts})")
        return
    outcomes = alerts.test(settings)
    for name, problem in outcomes.items():
        print(f"{name}: {'delivered' if problem is None else problem}")
    if any(outcomes.values()):
        raise typer.Exit(1)
