"""`yusuan doctor`: one line for each thing, the truth about it, and the command that gets what is missing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from yusuan import doctor
from yusuan.cli import main
from yusuan.doctor import Finding, examine
from yusuan.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(raw=tmp_path, home=tmp_path / "home")


def found(settings: Settings, name: str) -> Finding:
    return next(finding for finding in examine(settings) if name in finding.name)


def test_the_command_prints_a_line_for_each_thing_and_ends_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(sys, "argv", ["yusuan", "doctor", "--raw", str(tmp_path), "--json"])
    monkeypatch.setattr("shutil.which", lambda _: None)

    with pytest.raises(SystemExit) as exit_:
        main()

    told = json.loads(capsys.readouterr().out)
    assert not exit_.value.code
    assert [each["works"] for each in told if each["name"] == "PDF with a text layer"] == [True]
    assert all("\n" not in each["detail"] for each in told)


def test_a_package_that_is_missing_is_told_with_its_extra(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    for package in ("rapidocr", "boto3", "apprise"):
        monkeypatch.setitem(sys.modules, package, None)

    for name, extra in (("OCR", "yusuan[ocr]"), ("S3", "yusuan[s3]"), ("alerts", "yusuan[alerts]")):
        finding = found(settings, name)
        assert not finding.works and extra in finding.detail


def test_without_libreoffice_and_fonts_the_packages_to_install_are_named(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.which", lambda _: None)

    assert "apt-get install libreoffice" in found(settings, "LibreOffice").detail
    assert "fonts-noto-cjk" in found(settings, "fonts").detail


def test_libreoffice_that_does_not_start_is_missing(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.which", lambda _: "/bin/false")

    def broken(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, "soffice")

    monkeypatch.setattr(subprocess, "run", broken)

    assert not found(settings, "LibreOffice").works


def test_the_sources_are_listed_and_their_mistakes_told(settings: Settings):
    file = settings.raw / "sources.yml"

    assert found(settings, "sources.yml").works
    file.write_text("sources: [{name: js, urls: ['https://example.com/a.pdf']}]")
    assert found(settings, "sources.yml").detail == "js (urls)"
    file.write_text("sources: [{name: js}]")
    assert "exactly one of" in found(settings, "sources.yml").detail


def test_the_text_is_one_line_a_finding():
    text = doctor.as_text([Finding("OCR", True, "rapidocr 3"), Finding("a longer name", False, "no module: install it")])

    assert text.splitlines() == ["ok       OCR            rapidocr 3", "missing  a longer name  no module: install it"]
