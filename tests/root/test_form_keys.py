"""A form counts once, however often it is sent."""

from datetime import datetime, timedelta

import pytest

from supportgroups.db import transaction
from supportgroups.form_keys import KEEP, forget_used_keys, new_form_key, use_form_key


def send(key: str | None, *, by: int = 1, now: datetime) -> bool:
    with transaction():
        return use_form_key(key, by=by, now=now)


@pytest.mark.usefixtures("app")
class TestUse:
    def test_only_the_first_time_counts(self, now: datetime) -> None:
        key = new_form_key()
        assert [send(key, now=now) for _try in range(3)] == [True, False, False]

    def test_each_page_has_a_key_of_its_own(self, now: datetime) -> None:
        assert send(new_form_key(), now=now)
        assert send(new_form_key(), now=now)

    def test_somebody_else_s_key_is_another(self, now: datetime) -> None:
        assert send("key", by=1, now=now)
        assert send("key", by=2, now=now)

    @pytest.mark.parametrize("key", [None, ""])
    def test_a_form_without_a_key_always_counts(self, now: datetime, key: str | None) -> None:
        assert [send(key, now=now) for _try in range(2)] == [True, True]

    def test_an_act_that_failed_leaves_the_key_unused(self, now: datetime) -> None:
        @transaction()
        def fail() -> None:
            use_form_key("key", by=1, now=now)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert send("key", now=now)

    def test_it_belongs_to_an_act(self, now: datetime) -> None:
        with pytest.raises(RuntimeError):
            use_form_key("key", by=1, now=now)


@pytest.mark.usefixtures("app")
def test_old_keys_are_forgotten(now: datetime) -> None:
    send("old", now=now)
    send("new", now=now + timedelta(hours=1))
    assert forget_used_keys(now=now + KEEP + timedelta(minutes=1)) == 1
    assert send("old", now=now)
    assert not send("new", now=now)
