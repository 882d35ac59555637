"""`yusuan report --out`: the evidence as HTML that loads nothing from anywhere: one page, or, for many documents, an index in front of a
page for each. What it says belongs to evidence.py."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from yusuan.reporting.evidence import Document

TEMPLATE = "report.html.j2"
# Fifty documents make a page of some three megabytes; a thousand would make one of fifty.
MOST_ON_ONE_PAGE = 50
SEVERITIES = {"error": "错误 error", "warning": "提醒 warning", "info": "说明 info"}
VERDICTS = {
    "source_error": "公开文本有误 source error",
    "damaged_text": "转换缺损，请对照原件 damaged text",
    "missing": "缺少 missing",
}
STATES = {"new": "新发现 new", "open": "未消除 open", "reopened": "再次出现 reopened"}
PROOFS = {"proved": "已证实 proved", "unproved": "无勾稽 unproved", "contradicted": "有矛盾 contradicted"}
SIDES = {"revenue": "收入 revenue", "expenditure": "支出 expenditure"}


def html(documents: Sequence[Document], folder: str | None = None) -> str:
    """The page of these documents, or, with a folder that holds a page for each, their index."""
    return _template().render(
        documents=documents,
        folder=folder,
        severities=SEVERITIES,
        verdicts=VERDICTS,
        states=STATES,
        proofs=PROOFS,
        sides=SIDES,
        made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def write(documents: Sequence[Document], target: Path) -> None:
    """Many documents get a folder beside the index, named like it; what an earlier report left there is replaced page by page."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if len(documents) <= MOST_ON_ONE_PAGE:
        target.write_text(html(documents), encoding="utf-8")
        return
    folder = target.with_name(f"{target.stem}_files")
    folder.mkdir(exist_ok=True)
    for document in documents:
        (folder / f"{document.document_id[:12]}.html").write_text(html([document]), encoding="utf-8")
    target.write_text(html(documents, folder.name), encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("yusuan.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["web_address"] = _web_address
    return environment.get_template(TEMPLATE)


def _web_address(text: str | None) -> str | None:
    """Only what is followed as a link to the web: an address from a manifest may be anything."""
    return text if text and urlsplit(text).scheme in ("http", "https") else None
