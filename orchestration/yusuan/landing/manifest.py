"""raw/manifest.csv: what a person knows about a file that its bytes do not say (publisher, where from, when retrieved,
when approved by the finance bureau and when published)."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yusuan.landing.encoding import text_encoding
from yusuan.landing.folder import MANIFEST as NAME
from yusuan.settings import YusuanError


@dataclass(frozen=True)
class Hint:
    publisher: str | None = None
    source_url: str | None = None
    retrieved_on: date | None = None
    source_note: str | None = None
    published_on: date | None = None
    approved_on: date | None = None


def read_manifest(raw: Path) -> dict[str, Hint]:
    """Hints by relative path; none without a manifest. A spreadsheet program may have saved it in GB18030 or with a BOM."""
    path = raw / NAME
    if not path.exists():
        return {}
    content = path.read_bytes()
    encoding = text_encoding(content) if content else "utf-8"
    if encoding is None:
        raise YusuanError(f"{path} is neither UTF-8 nor GB18030 text: save it again as CSV in UTF-8")
    rows = csv.DictReader(io.StringIO(content.decode(encoding), newline=""))
    if content and "file" not in (rows.fieldnames or ()):
        raise YusuanError(f"{path} has no column named file: its first line must be file,publisher,retrieved_on,source_note")
    return {row["file"].strip().replace("\\", "/"): _hint(row, path, rows.line_num) for row in rows if row["file"]}


def _hint(row: dict[str, str | None], path: Path, line: int) -> Hint:
    def text(name: str) -> str | None:
        return (row.get(name) or "").strip() or None

    def day(name: str) -> date | None:
        printed = text(name)
        try:
            return date(*map(int, re.split("[-/.]", printed))) if printed else None
        except (TypeError, ValueError):
            raise YusuanError(f"{path}, line {line}: {printed} is not a date like 2026-11-21") from None

    return Hint(text("publisher"), text("source_url"), day("retrieved_on"), text("source_note"), day("published_on"), day("approved_on"))
