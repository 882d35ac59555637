"""The rules of the register: what stands, is superseded, withdrawn or quarantined."""

from dataclasses import replace
from datetime import date, datetime

from yusuan.landing.register import Entry, dated, settle


def entry(document: str, path: str = "a.txt", **changes: object) -> Entry:
    whole = Entry(document, path.rpartition("/")[2], path, None, "text/plain", 1, "utf-8", datetime(2026, 1, 1), "landed")
    return replace(whole, **changes)  # type: ignore[arg-type]


def look(previous: dict[str, Entry], *present: Entry, writing: tuple[str, ...] = ()) -> dict[str, Entry]:
    return settle(previous, present, writing)


def statuses(register: dict[str, Entry]) -> dict[str, str]:
    return {document: row.status for document, row in register.items()}


def test_the_same_bytes_under_two_paths_are_one_document():
    register = look({}, entry("one", "b.txt"), entry("one", "a.txt"))

    assert [row.relative_path for row in register.values()] == ["a.txt"]


def test_a_copy_does_not_take_the_path_of_a_document_that_is_already_known():
    known = look({}, entry("one", "b.txt"))

    register = look(known, entry("one", "a.txt"), entry("one", "b.txt"))

    assert register["one"].relative_path == "b.txt"


def test_other_bytes_at_the_same_path_supersede_the_predecessor():
    register = look(look({}, entry("old")), entry("new"))

    assert statuses(register) == {"old": "superseded", "new": "landed"}
    assert register["old"].superseded_by == "new"


def test_a_superseded_document_that_comes_back_stands_again():
    register = look(look(look({}, entry("old")), entry("new")), entry("old"))

    assert statuses(register) == {"old": "landed", "new": "superseded"}
    assert register["old"].superseded_by is None


def test_a_chain_of_successors_is_kept_link_by_link():
    register = look(look(look({}, entry("1")), entry("2")), entry("3"))

    assert (register["1"].superseded_by, register["2"].superseded_by) == ("2", "3")


def test_a_moved_document_whose_path_was_taken_is_not_superseded():
    register = look(look({}, entry("old", "a.txt")), entry("old", "archive/a.txt"), entry("new", "a.txt"))

    assert statuses(register) == {"old": "landed", "new": "landed"}
    assert register["old"].relative_path == "archive/a.txt"


def test_the_same_source_url_supersedes_across_paths():
    url = "https://gov.example/budget"

    register = look(look({}, entry("old", "1.txt", source_url=url)), entry("new", "2.txt", source_url=url))

    assert register["old"].superseded_by == "new"


def test_of_two_present_files_of_one_source_the_later_retrieved_stands():
    early = entry("early", "1.txt", source_url="u", retrieved_on=date(2026, 1, 1))
    late = entry("late", "2.txt", source_url="u", retrieved_on=date(2026, 2, 1))

    assert statuses(look({}, late, early)) == {"early": "superseded", "late": "landed"}


def test_a_document_whose_file_is_gone_is_withdrawn_and_lands_again_when_it_is_back():
    first = look({}, entry("one"), entry("two", "b.txt"))

    gone = look(first, entry("two", "b.txt"))
    back = look(gone, entry("one", landed_at=datetime(2026, 9, 9)), entry("two", "b.txt"))

    assert gone["one"].status == "withdrawn" and gone["one"].reason
    assert back["one"].status == "landed" and back["one"].reason is None
    assert back["one"].landed_at == datetime(2026, 1, 1)


def test_a_broken_upload_does_not_take_good_figures_away():
    broken = entry("broken", status="quarantined", reason="empty")

    register = look(look({}, entry("good")), broken)

    assert statuses(register) == {"good": "landed", "broken": "quarantined"}
    assert statuses(look(register, entry("better"))) == {"good": "superseded", "broken": "superseded", "better": "landed"}
    assert statuses(look(register)) == {"good": "withdrawn", "broken": "withdrawn"}


def test_a_file_that_is_being_written_does_not_withdraw_its_predecessor():
    assert statuses(look(look({}, entry("good")), writing=("a.txt",))) == {"good": "landed"}


def test_another_publisher_in_the_manifest_makes_a_document_unread():
    read = {"one": entry("one", reader_version="1", publisher_hint="甲")}

    assert look(read, entry("one", publisher_hint="甲"))["one"].reader_version == "1"
    assert look(read, entry("one", publisher_hint="乙"))["one"].reader_version is None


def test_what_was_read_stays_valid_for_an_earlier_version_and_when_it_stands_again():
    read = {"old": entry("old", reader_version="1")}

    superseded = look(read, entry("new"))
    back = look(superseded, entry("old"))

    assert (superseded["old"].reader_version, back["old"].reader_version) == ("1", "1")


def test_an_earlier_version_that_could_not_be_read_says_so_and_a_withdrawn_one_has_no_rows_left():
    known = {
        "broken": entry("broken", "b.txt", status="quarantined", reason="empty"),
        "gone": entry("gone", "g.txt", status="withdrawn", reason="gone", reader_version="1"),
    }

    register = look(known, entry("new b", "b.txt"), entry("new g", "g.txt"))

    assert (register["broken"].status, register["broken"].reason) == ("superseded", "empty")
    assert (register["gone"].status, register["gone"].reason, register["gone"].reader_version) == ("superseded", None, None)


def test_the_time_at_which_a_version_was_superseded_is_told_once():
    first, second = datetime(2026, 1, 2), datetime(2026, 1, 3)
    before = look({}, entry("old"))
    after = dated(look(before, entry("new")), before, first)

    later = dated(look(after, entry("new")), after, second)
    back = dated(look(later, entry("old")), later, second)

    assert (later["old"].superseded_at, later["new"].superseded_at) == (first, None)
    assert (back["old"].superseded_at, back["new"].superseded_at) == (None, second)
