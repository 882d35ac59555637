"""alerts.yml: the channels, what each is told, and from which severity on. Validation only; nothing is sent here.

Secrets come from the environment alone: an address is written with ${NAME} where its token or password stands, and one that
carries a secret itself is refused (channels.py), so that the file can be shown to anybody.
"""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from yusuan.settings import YusuanError

EXAMPLE = "channels: [{name: bureau, url: 'feishu://${FEISHU_TOKEN}', severity: error}]"
Subject = Literal["findings", "digest", "failures", "sources"]
Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Channel(_Strict):
    """One address in Apprise's writing. `severity` is the least that it is told of."""

    name: str = Field(pattern=r"^\w[\w-]*$", max_length=60)
    url: str = Field(min_length=5)
    severity: Severity = "warning"
    about: tuple[Subject, ...] = ("findings", "digest", "failures", "sources")
    retries: int = Field(2, ge=0, le=10, description="How often a message is tried again at once; later runs try again anyway.")
    wait_seconds: float = Field(2, ge=0, le=60, description="Pause before it is tried again.")

    @property
    def severities(self) -> tuple[Severity, ...]:
        return SEVERITIES[: SEVERITIES.index(self.severity) + 1]


class Alerts(_Strict):
    """`link` leads to a document's report; {document_id} and {file_name} are filled in. Without it the document's source is linked."""

    channels: tuple[Channel, ...] = ()
    link: str | None = None
    documents_per_run: int = Field(10, ge=0, description="With more documents than these only the digest is sent.")
    stale_after_days: float = Field(7, gt=0, description="A source that could not be asked for so long is stale.")

    @model_validator(mode="after")
    def _usable(self) -> "Alerts":
        names = [channel.name for channel in self.channels]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"every channel needs a name of its own: {', '.join(twice)} stands twice")
        try:
            (self.link or "").format(document_id="", file_name="")
        except (KeyError, IndexError, ValueError):
            raise ValueError("link can hold {document_id} and {file_name} and no other braces") from None
        return self


def read_alerts(path: Path) -> Alerts:
    """What is configured; no channels without the file. All mistakes are told at once, without what an address holds."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Alerts.model_validate({})
    except (yaml.YAMLError, UnicodeDecodeError):
        # The parser's own words would quote the line.
        raise YusuanError(f"{path} is no YAML in UTF-8: it must be like this: {EXAMPLE}") from None
    try:
        return Alerts.model_validate(content or {})
    except ValidationError as error:
        mistakes = [_sentence(mistake) for mistake in error.errors(include_url=False, include_context=False, include_input=False)]
        raise YusuanError(f"{path}: {'; '.join(mistakes)} (it must be like this: {EXAMPLE})") from None


def _sentence(mistake: Any) -> str:
    place = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in mistake["loc"]).lstrip(".")
    message = "is not known here" if mistake["type"] == "extra_forbidden" else mistake["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
