"""The README's queries run on the sample data and print what the README says, in both languages."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yusuan.alerts.channels import build
from yusuan.alerts.config import read_alerts
from yusuan.cli import app
from yusuan.landing.acquisition.sources import read_sources
from yusuan.settings import Settings
from yusuan.summary import Summary

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"```\n(yusuan query .*?\")\n+(.*?)```", re.S)
READMES = ("README.md", "README.zh.md")


# Headings of the section whose examples need more documents than the repository holds.
ACROSS_DOCUMENTS = ("## Across years and documents", "## 跨年度、跨文件")


def examples(name: str) -> list[tuple[str, str]]:
    return [(command, output.strip()) for command, output in BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))]


def examples_across_documents(name: str) -> list[tuple[str, str]]:
    sections = re.split(r"^(?=## )", (ROOT / name).read_text(encoding="utf-8"), flags=re.M)
    (section,) = [section for section in sections if section.startswith(ACROSS_DOCUMENTS)]
    return [(command, output.strip()) for command, output in BLOCK.findall(section)]


def prints(command: str, output: str, settings: Settings) -> bool:
    result = CliRunner().invoke(app, [*shlex.split(command)[1:], "--home", str(settings.home)])
    assert result.exit_code == 0, result.output
    return [line.rstrip() for line in result.output.strip().splitlines()] == [line.rstrip() for line in output.splitlines()]


@pytest.mark.parametrize("name", READMES)
def test_each_example_prints_what_the_readme_shows(name: str, published: tuple[Settings, Summary]):
    settings, _ = published
    others = examples_across_documents(name)

    shown = [example for example in examples(name) if example not in others]

    assert len(shown) == 6
    assert [command for command, output in shown if not prints(command, output, settings)] == []


@pytest.mark.parametrize("name", READMES)
def test_each_example_across_documents_prints_what_the_readme_shows(name: str, published_with_pdf: Settings):
    shown = examples_across_documents(name)

    assert len(shown) == 3
    assert [command for command, output in shown if not prints(command, output, published_with_pdf)] == []


def test_both_languages_show_the_same_examples():
    assert examples("README.md") == examples("README.zh.md")


@pytest.mark.parametrize("name", READMES)
def test_the_sources_that_the_readme_shows_are_valid(name: str, tmp_path: Path):
    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.S)
    (tmp_path / "sources.yml").write_text(block, encoding="utf-8")

    assert [source.kind for source in read_sources(tmp_path)] == ["urls", "folder", "bucket"]


@pytest.mark.parametrize("name", READMES)
def test_the_alerts_that_the_readme_shows_are_valid(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("apprise")
    (block,) = re.findall(r"```yml\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.S)
    (tmp_path / "alerts.yml").write_text(block, encoding="utf-8")
    for variable in ("MAIL_PASSWORD", "FEISHU_TOKEN", "WECOM_KEY"):
        monkeypatch.setenv(variable, "abcdefab-1111-2222-3333-444455556666")

    alerts = read_alerts(tmp_path / "alerts.yml")

    assert [len(build(channel)[0]) for channel in alerts.channels] == [1, 1, 1, 1]
