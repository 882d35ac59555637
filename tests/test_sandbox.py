"""A document that hangs, crashes or eats memory costs itself only; the batch goes on and says what happened."""

import os
import time
from pathlib import Path

import polars as pl
import pytest

from documents_factory import make_docx, make_html, make_xlsx
from yusuan.reading import sandbox, sniffing
from yusuan.reading.assembly import GridCell
from yusuan.reading.batch import OUTCOMES_SCHEMA, read_batch
from yusuan.reading.frames import CELLS_SCHEMA, LINES_SCHEMA
from yusuan.reading.readers import Document
from yusuan.reading.sandbox import Result, Task

CELLS = [GridCell(1, 1, 1, 1, "项目"), GridCell(1, 2, 1, 1, "金额"), GridCell(2, 1, 1, 1, "合计"), GridCell(2, 2, 1, 1, "1.00")]
MEMORY = 1536 << 20

# The worker is a process of its own: its readers are replaced there, before it starts.
MISBEHAVING = """
import os, signal, sys, types
import yusuan.reading.readers as readers

module = types.ModuleType("yusuan.reading.misbehaving")
sys.modules[module.__name__] = module

def hang(document_id, data):
    while True:
        pass

def hog(document_id, data):
    held = []
    while True:
        held.append(bytearray(64 << 20))

def crash(document_id, data):
    os.kill(os.getpid(), signal.SIGSEGV)

def leave(document_id, data):
    os._exit(3)

def stumble(document_id, data):
    raise KeyError("word/document.xml")

def identify(document_id, data):
    from yusuan.reading.assembly import Assembly
    assembly = Assembly(document_id)
    assembly.line(str(os.getpid()))
    return assembly.frames()

for function in (hang, hog, crash, leave, stumble, identify):
    setattr(module, function.__name__, function)
    readers.READERS[f"test/{function.__name__}"] = readers.Reader("misbehaving", function.__name__)
"""


@pytest.fixture
def misbehaving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Readers test/hang, test/hog … in the workers, and a file for them to read."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(MISBEHAVING, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    file = tmp_path / "document"
    file.write_bytes(b"1")
    return file


def run(file: Path, *kinds: str, seconds: float = 20, workers: int = 2) -> dict[str, Result]:
    tasks = [Task(f"{number} {kind}", f"test/{kind}", file, seconds) for number, kind in enumerate(kinds)]
    return {result.document_id: result for result in sandbox.read_all(tasks, workers, MEMORY)}


def test_a_reader_that_hangs_is_ended_and_the_others_are_read(misbehaving: Path) -> None:
    start = time.monotonic()

    results = run(misbehaving, "hang", "identify", "identify", seconds=2)

    assert "超过 2 秒" in (results["0 hang"].reason or "")
    assert results["1 identify"].frames is not None
    assert results["2 identify"].frames is not None
    assert time.monotonic() - start < 15


@pytest.mark.parametrize(
    ("kind", "reason"), [("crash", "崩溃（SIGSEGV）"), ("leave", "exit code 3"), ("stumble", "KeyError"), ("hog", "内存超过")]
)
def test_a_reader_that_fails_costs_only_its_document(misbehaving: Path, kind: str, reason: str) -> None:
    results = run(misbehaving, "identify", kind, "identify", workers=1)

    assert reason in (results[f"1 {kind}"].reason or "")
    assert results[f"1 {kind}"].frames is None
    assert results["0 identify"].frames is not None
    assert results["2 identify"].frames is not None


def test_documents_are_read_in_two_other_processes(misbehaving: Path) -> None:
    results = run(misbehaving, *["identify"] * 40)

    processes = {result.frames[1]["text"].item() for result in results.values() if result.frames}
    assert len(processes) == 2
    assert str(os.getpid()) not in processes


def test_workers_are_gone_when_the_reader_of_the_results_stops_early(misbehaving: Path) -> None:
    results = sandbox.read_all([Task(str(number), "test/identify", misbehaving, 20) for number in range(5)], 1, MEMORY)
    first = next(results)
    results.close()  # type: ignore[attr-defined]

    assert first.frames is not None
    with pytest.raises(ProcessLookupError):
        os.kill(int(first.frames[1]["text"].item()), 0)


def test_a_batch_of_all_kinds_keeps_the_order_and_names_what_failed(tmp_path: Path) -> None:
    contents = {
        "网页.xls": (sniffing.HTML, make_html(CELLS)),
        "文本.txt": (sniffing.TEXT, "单位：万元\n项目\t金额\n合计\t1.00\n".encode("gb18030")),
        "截断.docx": (sniffing.DOCX, make_docx(CELLS)[:800]),
        "表.xlsx": (sniffing.XLSX, make_xlsx(CELLS)),
        "包.rar": (sniffing.RAR, b"Rar!"),
    }
    documents = []
    for name, (kind, content) in contents.items():
        (tmp_path / name).write_bytes(content)
        documents.append(Document(name, name, kind, None, tmp_path / name))

    cells, lines, outcomes = read_batch(documents)

    assert dict(cells.schema) == CELLS_SCHEMA
    assert dict(lines.schema) == LINES_SCHEMA
    assert dict(outcomes.schema) == OUTCOMES_SCHEMA
    assert cells["document_id"].unique(maintain_order=True).to_list() == ["网页.xls", "文本.txt", "表.xlsx"]
    assert cells.group_by("document_id").len()["len"].to_list() == [4, 4, 4]
    opened = outcomes.filter(pl.col("step") == "opened")
    assert opened["document_id"].to_list() == list(contents)
    assert opened["status"].to_list() == ["ok", "ok", "failed", "ok", "failed"]
    assert opened.filter(pl.col("status") == "failed")["reason"].str.contains("请").all()
    assert outcomes.filter(pl.col("step") == "tables_found").select("document_id", "count").rows() == [
        ("网页.xls", 1),
        ("文本.txt", 1),
        ("表.xlsx", 1),
    ]


def test_an_empty_batch_gives_empty_frames() -> None:
    cells, lines, outcomes = read_batch([])

    assert (cells.height, lines.height, outcomes.height) == (0, 0, 0)


def test_a_document_without_any_text_is_not_taken_for_read(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(b"<html><img src='scan.png'></html>")

    _, _, outcomes = read_batch([Document("d", "a.html", sniffing.HTML, None, file)])

    assert "没有任何文字" in outcomes["reason"].item()


def test_a_file_that_has_vanished_is_reported(tmp_path: Path) -> None:
    _, _, outcomes = read_batch([Document("d", "a.docx", sniffing.DOCX, None, tmp_path / "a.docx")])

    assert outcomes["status"].to_list() == ["failed"]
