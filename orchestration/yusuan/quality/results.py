"""What came of the checks, as plain values that assets, the command line and tests can read."""

from dataclasses import dataclass
from pathlib import Path

from yusuan.quality.suites import Check


@dataclass(frozen=True)
class CheckResult:
    """`unexpected_count` rows of the `instance_count` that the check looked at broke it; `samples` are the first of them."""

    check: Check
    unexpected_count: int
    instance_count: int
    samples: tuple[dict[str, str], ...] = ()

    @property
    def id(self) -> str:
        return self.check.id

    @property
    def blocking(self) -> bool:
        return self.check.blocking

    @property
    def success(self) -> bool:
        return self.unexpected_count == 0

    @property
    def applied(self) -> bool:
        """A check that found nothing to look at has not held: it did not apply."""
        return self.instance_count > 0

    @property
    def sample_keys(self) -> tuple[str, ...]:
        return tuple(sample["key"] for sample in self.samples)


@dataclass(frozen=True)
class QualityResult:
    run_id: str
    checks: tuple[CheckResult, ...]
    data_docs: Path | None = None

    @property
    def blocking_failures(self) -> tuple[CheckResult, ...]:
        return tuple(result for result in self.checks if result.blocking and not result.success)

    @property
    def publishable(self) -> bool:
        return not self.blocking_failures
