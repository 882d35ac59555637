"""Where everything lies and how libraries must behave: one frozen object, made from arguments and the environment.

Paths and switches only; what is done with them belongs to the rooms. Imports nothing heavy: the command line needs it first.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yusuan.landing.acquisition.addresses import Network

PACKAGE = Path(__file__).resolve().parent

# Nobody's budget work is reported to anybody: dagster reads dagster.yaml, dbt and the rest read the environment.
NO_TELEMETRY = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "GX_ANALYTICS_ENABLED": "false",
}

# Only the machine's own environment can open its inner network, never a file that others may edit.
ALLOW_PRIVATE = "YUSUAN_ALLOW_PRIVATE_ADDRESSES"

# Enough to go back over a working week of nightly builds.
KEEP_SNAPSHOTS = 7
# Disclosures are corrected one by one: when a quarter of all amounts is gone or different, something else has happened.
MAX_CHANGED_SHARE = 0.25
# What people have said about their own findings; like raw/ and warehouse/ it lies in the working directory.
OWN_EXPECTATIONS = "YUSUAN_EXPECTATIONS"


class YusuanError(Exception):
    """Something that a person can act on; its text is one sentence for the terminal."""


@dataclass(frozen=True)
class Settings:
    """`raw` is read and never written; `home` belongs to the pipeline. `accept` publishes what the gate would hold back."""

    raw: Path
    home: Path
    full: bool = False
    accept: bool = False
    allow_private: str = ""
    keep_snapshots: int = KEEP_SNAPSHOTS
    max_changed_share: float = MAX_CHANGED_SHARE
    own: Path = Path("expectations")

    @classmethod
    def load(cls, raw: Path | str | None = None, home: Path | str | None = None, full: bool = False, accept: bool = False) -> "Settings":
        """Arguments win over YUSUAN_RAW and YUSUAN_HOME, and those over raw/ and warehouse/ in the working directory."""
        return cls(
            raw=Path(raw or os.environ.get("YUSUAN_RAW") or "raw").expanduser().absolute(),
            home=Path(home or os.environ.get("YUSUAN_HOME") or "warehouse").expanduser().absolute(),
            full=full,
            accept=accept,
            allow_private=os.environ.get(ALLOW_PRIVATE, ""),
            keep_snapshots=int(_number("YUSUAN_KEEP_SNAPSHOTS", KEEP_SNAPSHOTS, at_least=1)),
            max_changed_share=_number("YUSUAN_MAX_CHANGED_SHARE", MAX_CHANGED_SHARE),
            own=Path(os.environ.get(OWN_EXPECTATIONS) or "expectations").expanduser().absolute(),
        )

    @property
    def published(self) -> Path:
        """What analysts read: a link to the file of the current snapshot; replaced as a whole and never written in place."""
        return self.home / "warehouse.duckdb"

    @property
    def current(self) -> Path:
        """The published snapshot: a link to one of the directories in `snapshots`."""
        return self.home / "current"

    @property
    def snapshots(self) -> Path:
        """The last snapshots, each a directory with the warehouse, its Parquet files and what describes them."""
        return self.home / "snapshots"

    @property
    def working(self) -> Path:
        """What the pipeline writes; its file name is the catalog name that dbt uses."""
        return self.home / "work" / "working.duckdb"

    @property
    def landed(self) -> Path:
        """What the working file was landed from."""
        return self.home / "work" / "landed.json"

    @property
    def built(self) -> Path:
        """What the published snapshot was built from."""
        return self.home / "work" / "built.json"

    @property
    def acquired(self) -> Path:
        """What was fetched from the sources, unchanged."""
        return self.home / "acquired"

    @property
    def allowed_addresses(self) -> "tuple[Network, ...]":
        """Private addresses that may be fetched from: none, all of them (1), or networks like 10.1.0.0/16, 127.0.0.1."""
        import ipaddress

        if self.allow_private.strip().lower() in ("", "0", "false", "no"):
            return ()
        if self.allow_private.strip().lower() in ("1", "true", "yes"):
            return (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
        try:
            return tuple(ipaddress.ip_network(each.strip(), strict=False) for each in self.allow_private.split(","))
        except ValueError as error:
            raise YusuanError(f"{ALLOW_PRIVATE} must be 1 or a list of networks like 10.1.0.0/16,127.0.0.1: {error}") from None

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def dbt_target(self) -> Path:
        return self.home / "dbt" / "target"

    @property
    def dbt_project(self) -> Path:
        return project_files("dbt_project")

    @property
    def expectations(self) -> Path:
        return project_files("expectations")

    @property
    def acknowledged(self) -> Path:
        """Findings that a person knows of: the user's own file, else the project's (empty) one."""
        return _own_or_projects(self.own, self.expectations, "acknowledged.csv")

    @property
    def corrections(self) -> Path:
        """Readings that a person has mended: the user's own file, else the project's (empty) one."""
        return _own_or_projects(self.own, self.expectations, "corrections.csv")

    @property
    def alerts(self) -> Path:
        """The channels that are told of what is new; nobody is told without the file."""
        return self.own / "alerts.yml"

    @property
    def delivered(self) -> Path:
        """What each channel has been told."""
        return self.home / "alerts" / "delivered.json"

    @property
    def cache(self) -> Path:
        """What can be made again at any time and serves every HOME of this user."""
        named = os.environ.get("YUSUAN_CACHE")
        return Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "yusuan")

    @property
    def environment(self) -> dict[str, str]:
        """What child processes (dbt, the web UI) must know."""
        return {
            **NO_TELEMETRY,
            "YUSUAN_RAW": str(self.raw),
            "YUSUAN_HOME": str(self.home),
            OWN_EXPECTATIONS: str(self.own),
            "YUSUAN_WORKING_DB": str(self.working),
            "DAGSTER_HOME": str(self.dagster_home),
            "DBT_TARGET_PATH": str(self.dbt_target),
            "DBT_LOG_PATH": str(self.home / "dbt" / "logs"),
        }

    def apply(self) -> None:
        """Makes the directories and hands the environment to this process and its children."""
        for directory in (self.working.parent, self.landing, self.dagster_home, self.dbt_target):
            directory.mkdir(parents=True, exist_ok=True)
        os.environ.update(self.environment)


def _number(variable: str, default: float, at_least: float = 0) -> float:
    text = os.environ.get(variable, "").strip()
    try:
        value = float(text or default)
    except ValueError:
        value = at_least - 1
    if not value >= at_least:
        raise YusuanError(f"{variable} must be a number, {at_least:g} or more, and is {text}")
    return value


def _own_or_projects(own: Path, projects: Path, name: str) -> Path:
    return own / name if (own / name).exists() else projects / name


def project_files(name: str) -> Path:
    """A directory of the project that is data, not code: inside an installed wheel, else at the top of the clone."""
    inside_wheel = PACKAGE / "_share" / name
    return inside_wheel if inside_wheel.exists() else PACKAGE.parents[1] / name
