"""The table of kept bytes: it finds what it has, and stays within its size."""

from supportgroups.calendars.kept import OVERHEAD, KeptBytes


def test_it_finds_what_was_kept() -> None:
    kept = KeptBytes(10_000)
    assert kept.find("a") is None
    assert kept.keep("a", b"1") == b"1"
    assert kept.find("a") == b"1"


def test_an_empty_value_is_a_value() -> None:
    kept = KeptBytes(10_000)
    kept.keep("a", b"")
    assert kept.find("a") == b""


def test_it_forgets_what_was_not_asked_for_the_longest() -> None:
    kept = KeptBytes(3 * (OVERHEAD + 10))
    for key in "abc":
        kept.keep(key, b"0123456789")
    kept.find("a")
    kept.keep("d", b"0123456789")
    assert [key for key in "abcd" if kept.find(key) is not None] == ["a", "c", "d"]


def test_keeping_again_does_not_count_twice() -> None:
    kept = KeptBytes(2 * (OVERHEAD + 10))
    kept.keep("a", b"0123456789")
    for _ in range(5):
        kept.keep("b", b"0123456789")
    assert kept.find("a") is not None


def test_what_is_larger_than_the_table_is_not_kept() -> None:
    kept = KeptBytes(OVERHEAD + 10)
    assert kept.keep("a", b"x" * 100) == b"x" * 100
    assert kept.find("a") is None


def test_it_can_forget_everything() -> None:
    kept = KeptBytes(10_000)
    kept.keep("a", b"1")
    kept.clear()
    assert kept.find("a") is None
