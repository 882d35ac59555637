"""raw/sources.yml: from where disclosures are fetched, as folders, lists of web addresses and S3-compatible buckets.

Validation only; nothing is fetched here. Neither private addresses nor credentials can be declared: whoever may add a source
to the file (a colleague, a pull request) must not thereby reach the inner network of the machine that fetches, so both come
from the environment of that machine (YUSUAN_ALLOW_PRIVATE_ADDRESSES, the AWS variables).
"""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from yusuan.landing.folder import SOURCES as NAME
from yusuan.settings import YusuanError

EXAMPLE = "sources: [{name: jiangsu, urls: [https://…]}]"
KINDS = ("folder", "urls", "bucket")


def _web_address(text: str) -> str:
    from httpx import URL, InvalidURL

    try:
        url = URL(text.strip())
    except InvalidURL as error:
        raise ValueError(f"{text} is no web address: {error}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"{text} is no web address: it must begin with http:// or https://")
    if url.userinfo:
        raise ValueError("an address must not carry a password: this file is no place for secrets")
    # The part after # never reaches the server.
    return str(url.copy_with(fragment=None))


WebAddress = Annotated[str, AfterValidator(_web_address)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Page(_Strict):
    """One web address; `publisher` where it is another one than the source's."""

    url: WebAddress
    publisher: str | None = None


def _as_page(value: Any) -> Any:
    return {"url": value} if isinstance(value, str) else value


class Source(_Strict):
    """One entry: exactly one of folder, urls and bucket, and how it is fetched."""

    name: str = Field(pattern=r"^\w[\w-]*$", max_length=60)
    folder: Path | None = None
    urls: tuple[Annotated[Page, BeforeValidator(_as_page)], ...] | None = None
    bucket: str | None = Field(None, pattern=r"^[\w.-]+$")

    publisher: str | None = None
    refresh_hours: float = Field(20, ge=0, description="What was fetched or confirmed within these hours is not asked for again.")
    seconds_between_requests: float = Field(1, ge=0, le=3600, description="At least, for one host; robots.txt may ask for more.")
    max_megabytes: float = Field(200, gt=0, le=1024)

    # Buckets only.
    prefix: str = ""
    endpoint_url: WebAddress | None = None
    region: str | None = None
    anonymous: bool = False

    @property
    def kind(self) -> str:
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def max_bytes(self) -> int:
        return int(self.max_megabytes * 1_000_000)

    def publisher_of(self, url: str) -> str | None:
        return next((page.publisher for page in self.urls or () if page.url == url and page.publisher), self.publisher)

    @model_validator(mode="after")
    def _one_kind(self) -> "Source":
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"{self.name} must have exactly one of folder, urls and bucket, and has {' and '.join(given) or 'none'}")
        if self.bucket is None and self.model_fields_set & {"prefix", "endpoint_url", "region", "anonymous"}:
            raise ValueError(f"{self.name}: prefix, endpoint_url, region and anonymous belong to a bucket")
        if self.folder is not None and not self.folder.is_absolute():
            raise ValueError(f"{self.name}: folder must be a whole path, because builds are started from many places")
        return self


class _File(_Strict):
    sources: tuple[Source, ...]

    @model_validator(mode="after")
    def _names_differ(self) -> "_File":
        names = [source.name for source in self.sources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"every source needs a name of its own: {', '.join(twice)} stands twice")
        return self


def read_sources(raw: Path) -> tuple[Source, ...]:
    """What is declared; nothing without the file. All mistakes are told at once."""
    path = raw / NAME
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return ()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise YusuanError(f"{path} is no YAML in UTF-8: {' '.join(str(error).split())}") from None
    if content is None:
        return ()
    if not isinstance(content, dict):
        raise YusuanError(f"{path} must be like this: {EXAMPLE}")
    try:
        return _File.model_validate(content).sources
    except ValidationError as error:
        mistakes = [_sentence(mistake) for mistake in error.errors(include_url=False, include_context=False)]
        raise YusuanError(f"{path}: {'; '.join(mistakes)} (it must be like this: {EXAMPLE})") from None


def _sentence(mistake: Any) -> str:
    place = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in mistake["loc"]).lstrip(".")
    message = mistake["msg"].removeprefix("Value error, ")
    if mistake["type"] == "extra_forbidden":
        message = "is not known here"
    return f"{place}: {message}" if place else message
