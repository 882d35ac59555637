"""`yusuan doctor`: what works on this machine, what is missing, and the command that gets it. It changes nothing.

Every probe tries the thing itself: a package that is installed and cannot be imported is missing too.
"""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from yusuan.reading import libreoffice
from yusuan.settings import Settings, YusuanError

LIBREOFFICE_PACKAGES = "libreoffice-writer-nogui libreoffice-calc-nogui"
SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """`works` says whether it is there; `detail` names what was found, or what is missing and how to get it."""

    name: str
    works: bool
    detail: str


@dataclass(frozen=True)
class Probe:
    """`look` returns what was found, and raises what says that it is missing; `remedy` is the way to get it."""

    name: str
    look: Callable[[], str]
    remedy: str


def examine(settings: Settings) -> list[Finding]:
    own = (
        Probe("raw/sources.yml", lambda: _sources(settings), "correct the file"),
        Probe(settings.corrections.name, lambda: _corrections(settings), "correct the file"),
        Probe(settings.alerts.name, lambda: _channels(settings), "correct the file or the environment"),
    )
    return [_examined(probe) for probe in (*_PROBES, *own)]


def as_text(findings: list[Finding]) -> str:
    wide = max(len(finding.name) for finding in findings)
    return "\n".join(f"{'ok     ' if finding.works else 'missing'}  {finding.name:<{wide}}  {finding.detail}" for finding in findings)


def as_json(findings: list[Finding]) -> list[dict[str, Any]]:
    return [asdict(finding) for finding in findings]


def _examined(probe: Probe) -> Finding:
    try:
        return Finding(probe.name, True, probe.look())
    except (ImportError, OSError, subprocess.SubprocessError, LookupError, YusuanError) as error:
        return Finding(probe.name, False, f"{' '.join(str(error).split())}: {probe.remedy}")


def _packages(*names: str) -> Callable[[], str]:
    """Importable packages, with their versions where they tell them."""

    def look() -> str:
        modules = [import_module(name) for name in names]
        versions = [getattr(module, "__version__", None) for module in modules]
        return ", ".join(f"{name} {version}" if isinstance(version, str) else name for name, version in zip(names, versions, strict=True))

    return look


def _libreoffice() -> str:
    if not libreoffice.installed():
        raise LookupError("LibreOffice is not installed")
    program = shutil.which("soffice") or "libreoffice"
    done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=SECONDS, check=True)
    return done.stdout.strip()


def _chinese_fonts() -> str:
    if shutil.which("fc-list") is None:
        raise LookupError("fc-list, which lists fonts, is not installed")
    done = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=SECONDS, check=True)
    families = sorted({line.partition(",")[0].strip() for line in done.stdout.splitlines() if line.strip()})
    if not families:
        raise LookupError("there is no font with Chinese characters")
    return ", ".join(families[:3]) + (f" and {len(families) - 3} more" if len(families) > 3 else "")


def _sources(settings: Settings) -> str:
    from yusuan.landing.acquisition.sources import read_sources

    sources = read_sources(settings.raw)
    return ", ".join(f"{source.name} ({source.kind})" for source in sources) or f"none declared in {settings.raw}"


def _corrections(settings: Settings) -> str:
    from yusuan import corrections

    return f"{corrections.read(settings.corrections).height} in {settings.corrections}"


def _channels(settings: Settings) -> str:
    """Every address is put together and understood; nothing is sent (yusuan alert --test does that)."""
    from yusuan.alerts.channels import build
    from yusuan.alerts.config import read_alerts

    channels = read_alerts(settings.alerts).channels
    for channel in channels:
        build(channel)
    return ", ".join(f"{channel.name} ({channel.severity})" for channel in channels) or f"no channel is configured in {settings.alerts}"


_PROBES = (
    Probe("PDF with a text layer", _packages("pypdfium2"), "pip install yusuan again"),
    Probe("Word, Excel, HTML, OFD", _packages("docx", "openpyxl", "xlrd", "lxml.etree"), "pip install yusuan again"),
    Probe("scans and images (OCR)", _packages("rapidocr", "onnxruntime", "cv2", "PIL"), "pip install 'yusuan[ocr]'"),
    Probe("DOC, WPS, RTF, ODF (LibreOffice)", _libreoffice, f"apt-get install {LIBREOFFICE_PACKAGES}, or from libreoffice.org"),
    Probe("Chinese fonts", _chinese_fonts, "apt-get install fontconfig fonts-noto-cjk"),
    Probe("web sources", _packages("httpx", "protego", "tenacity"), "pip install yusuan again"),
    Probe("S3-compatible buckets", _packages("boto3"), "pip install 'yusuan[s3]'"),
    Probe("alerts", _packages("apprise"), "pip install 'yusuan[alerts]'"),
    Probe("reports", _packages("jinja2", "openpyxl"), "pip install yusuan again"),
    Probe("explorer", _packages("marimo", "altair"), "pip install 'yusuan[explore]'"),
)
