"""One run of all checks on the working database."""

import uuid

from yusuan.quality.results import QualityResult
from yusuan.quality.suites import load_checks
from yusuan.settings import Settings


def run(settings: Settings, run_id: str | None = None, with_data_docs: bool = True) -> QualityResult:
    """Runs every suite read-only, then writes results and history. dbt must have built the models and closed the file."""
    from yusuan.quality.gx import validate
    from yusuan.quality.history import remember

    data_docs = settings.home / "data_docs" if with_data_docs else None
    results = validate(settings.working, load_checks(settings.expectations), data_docs)
    quality = QualityResult(run_id or uuid.uuid4().hex, tuple(results), data_docs and data_docs / "index.html")
    remember(settings.working, quality)
    return quality
