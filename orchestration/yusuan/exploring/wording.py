"""The words of the page in Chinese and English: words.csv, one row a word. Names that documents print are never translated."""

import csv
from collections.abc import Callable
from functools import cache
from importlib import resources

LANGUAGES = ("zh", "en")
Words = Callable[..., str]


@cache
def words(language: str) -> Words:
    """A function from key and values to text: say("documents_of", count=3). An unknown key is a defect and raises KeyError."""
    rows = csv.DictReader(resources.files(__package__).joinpath("words.csv").read_text(encoding="utf-8").splitlines())
    texts = {row["key"]: row[language] for row in rows}

    def say(key: str, /, **values: object) -> str:
        return texts[key].format(**values) if values else texts[key]

    return say


def label(identifier: str | None, chinese: str | None, language: str) -> str:
    """The name of a statement, measure or source: its Chinese name, or its identifier read as English."""
    if language == "zh" and chinese:
        return chinese
    return (identifier or "").replace("_", " ").replace("/", ": ").strip().capitalize()


def named(say: Words, prefix: str, identifier: str | None) -> str:
    """The word for a value of the data, for example family.row_sum; a value that has no word yet is read as English."""
    try:
        return say(f"{prefix}.{identifier}")
    except KeyError:
        return label(identifier, None, "en")
