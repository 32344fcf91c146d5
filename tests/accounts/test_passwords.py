import threading

import pytest

from supportgroups.accounts import passwords
from supportgroups.accounts.passwords import Weakness, find_weakness
from supportgroups.db import is_in_transaction
from tests.accounts.conftest import GOOD_PASSWORD

OWN_WORDS = ["Rosa María", "rosa.garcia@mail.example.org", "Gatherings"]


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        # Length alone decides about everything that is not guessed first.
        (GOOD_PASSWORD, None),
        ("correct horse battery", None),
        ("Tr0ub4dor&3", None),
        ("пять зелёных чашек", None),
        ("雨の日の午後三時に窓辺で", None),
        ("8301947526", None),
        ("8301947a62", None),
        ("x" * 9, Weakness.TOO_SHORT),
        ("", Weakness.TOO_SHORT),
        ("kettle sings" * 10 + "mornings", None),
        ("kettle sings" * 10 + "mornings!", Weakness.TOO_LONG),
        # What everybody tries first, however it is dressed up.
        ("password12", Weakness.COMMON),
        ("PASSWORD!!", Weakness.COMMON),
        ("P@ssw0rd2026!", Weakness.COMMON),
        ("p455w0rd123", Weakness.COMMON),
        ("passwordpassword", Weakness.COMMON),
        ("123password", Weakness.COMMON),
        ("1l0vey0u!!!", Weakness.COMMON),
        ("i-love-you!", Weakness.COMMON),
        ("correcthorsebatterystaple", Weakness.COMMON),
        ("Summer2026!!", Weakness.COMMON),
        ("onedayatatime", Weakness.COMMON),
        ("one day at a time", Weakness.COMMON),
        ("supportgroup1", Weakness.COMMON),
        # One character, or a short piece, again and again.
        ("aaaaaaaaaa", Weakness.COMMON),
        ("          ", Weakness.COMMON),
        ("!!!!!!!!!!!!", Weakness.COMMON),
        ("abcabcabcabc", Weakness.COMMON),
        ("1212121212", Weakness.COMMON),
        ("12341234123", Weakness.COMMON),
        # One after the other.
        ("1234567890", Weakness.COMMON),
        ("0987654321", Weakness.COMMON),
        ("9876543210", Weakness.COMMON),
        ("abcdefghij", Weakness.COMMON),
        ("zyxwvutsrq", Weakness.COMMON),
        ("qwertyuiop", Weakness.COMMON),
        ("poiuytrewq", Weakness.COMMON),
        ("qwerty123456", Weakness.COMMON),
        ("1q2w3e4r5t", Weakness.COMMON),
        ("1234512345", Weakness.COMMON),
        # The person's own words with little else.
        ("rosa1234567", Weakness.PERSONAL),
        ("R0s4-2026-!!", Weakness.PERSONAL),
        ("rosagarcia", Weakness.PERSONAL),
        ("garcia-rosa-1984", Weakness.PERSONAL),
        ("maría mail 7", Weakness.PERSONAL),
        ("gatherings1", Weakness.PERSONAL),
        ("rosa's kettle sings", None),
    ],
)
def test_what_is_a_password(password, weakness):
    if password.startswith("gatherings"):
        # The name that this site happens to have is common too; either reason refuses it.
        assert find_weakness(password, own_words=OWN_WORDS) is not None
        return
    assert find_weakness(password, own_words=OWN_WORDS) is weakness


def test_the_name_of_the_site_is_an_own_word_whatever_it_is():
    assert find_weakness("Lanternhouse1", own_words=["Lanternhouse"]) is Weakness.PERSONAL
    assert find_weakness("Lanternhouse1") is None


def test_short_own_words_stand_inside_too_many_others():
    assert find_weakness("altogether!", own_words=["Al", "to@ge.er"]) is None


def test_every_common_word_is_written_as_it_is_looked_for():
    for word in passwords._common_words():
        assert word == word.casefold().strip()
        assert passwords._is_common(word), word


class TestHashNewPassword:
    def test_it_is_argon2id_with_19_mib_and_two_passes(self):
        kept = passwords.hash_new_password(GOOD_PASSWORD)
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert GOOD_PASSWORD not in kept

    def test_the_same_password_never_gives_the_same_hash(self):
        assert passwords.hash_password("x") != passwords.hash_password("x")

    def test_it_refuses_a_weak_one(self):
        with pytest.raises(passwords.WeakPassword) as refusal:
            passwords.hash_new_password("password12")
        assert refusal.value.weakness is Weakness.COMMON


class TestVerify:
    def test_it_knows_the_right_one(self):
        kept = passwords.hash_password(GOOD_PASSWORD)
        assert passwords.verify(kept, GOOD_PASSWORD)
        assert not passwords.verify(kept, GOOD_PASSWORD + " ")
        assert not passwords.verify(kept, "")

    def test_two_keyboards_write_the_same_letter(self):
        kept = passwords.hash_password("caf\u00e9 cr\u00e8me \u2460")
        assert passwords.verify(kept, "cafe\u0301 cre\u0300me 1")

    def test_nobody_s_password_is_never_right(self):
        assert not passwords.verify(None, GOOD_PASSWORD)
        assert not passwords.verify(None, "")

    def test_a_damaged_hash_is_wrong_and_no_failure(self):
        assert not passwords.verify("nonsense", GOOD_PASSWORD)
        assert not passwords.verify("$argon2id$v=19$m=8", GOOD_PASSWORD)

    def test_text_that_no_encoding_knows_is_wrong_and_no_failure(self):
        assert not passwords.verify(passwords.hash_password("x"), "\ud800\x00")

    @pytest.mark.parametrize("known", [True, False])
    def test_it_does_the_same_work_for_everybody(self, known, monkeypatch):
        kept = passwords.hash_password("x") if known else None
        passwords.verify(None, "warm")
        seen = []

        class Watched(passwords.PasswordHasher):
            def verify(self, kept, password):
                seen.append((kept.rsplit("$", 2)[0], len(password)))
                return super().verify(kept, password)

        watched = Watched(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        monkeypatch.setattr(passwords, "_hasher", watched)
        assert not passwords.verify(kept, GOOD_PASSWORD)
        assert seen == [("$argon2id$v=19$m=19456,t=2,p=1", len(GOOD_PASSWORD))]

    def test_a_novel_is_not_hashed(self, monkeypatch):
        seen = []

        class Watched(passwords.PasswordHasher):
            def verify(self, kept, password):
                seen.append(len(password))
                return super().verify(kept, password)

        watched = Watched(time_cost=1, memory_cost=8, parallelism=1)
        monkeypatch.setattr(passwords, "_hasher", watched)
        passwords.verify(None, "x" * 100_000)
        assert seen == [passwords.MAX_LENGTH + 1]


class TestRenewedHash:
    def test_an_old_weak_hash_is_made_anew(self):
        old = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
        new = passwords.renewed_hash(old, "x")
        assert new != old
        assert "m=19456,t=2,p=1" in new
        assert passwords.verify(new, "x")

    def test_a_strong_one_stays(self):
        kept = passwords.hash_password("x")
        assert passwords.renewed_hash(kept, "x") == kept


def test_only_so_many_are_hashed_at_once(monkeypatch):
    monkeypatch.setattr(passwords, "_turn", threading.BoundedSemaphore(2))
    at_work, most = [], []

    class Watched(passwords.PasswordHasher):
        def hash(self, password):
            at_work.append(1)
            most.append(len(at_work))
            result = super().hash(password)
            at_work.pop()
            return result

    monkeypatch.setattr(passwords, "_hasher", Watched(time_cost=2, memory_cost=19 * 1024))
    threads = [threading.Thread(target=passwords.hash_password, args=("x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2


@pytest.fixture
def hashing_stays_outside(monkeypatch):
    """Fail where a password is hashed or checked while the database waits."""

    class Careful(passwords.PasswordHasher):
        def hash(self, password):
            assert not is_in_transaction()
            return super().hash(password)

        def verify(self, kept, password):
            assert not is_in_transaction()
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Careful(time_cost=1, memory_cost=8, parallelism=1))
    passwords._make_dummy_hash.cache_clear()


@pytest.mark.usefixtures("hashing_stays_outside")
def test_no_password_is_hashed_while_the_database_waits(browser, cast, next_link):
    form = {"display_name": "Robin", "email": "robin@example.org", "password": GOOD_PASSWORD}
    assert browser.post("/sign-up", form).location == "/check-mail"
    assert browser.post(next_link()).status_code == 303
    browser.sign_out()
    form = {"email": "robin@example.org", "password": GOOD_PASSWORD}
    assert browser.post("/sign-in", form).location == "/my"
    form = {"present": GOOD_PASSWORD, "new": "another kettle sings"}
    assert browser.post("/account/password", form).location == "/account"
