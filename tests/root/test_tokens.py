import re
import time
from datetime import UTC, datetime

import pytest
import time_machine
from itsdangerous import BadSignature, SignatureExpired

from supportgroups.tokens import hash_secret, new_secret, signer, uuid7


def test_secrets_are_long_fresh_and_fit_into_an_address():
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    # 32 characters of 6 bits each.
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", secret) for secret in secrets)


def test_a_hash_tells_nothing_of_its_secret():
    secret = new_secret()
    assert re.fullmatch("[0-9a-f]{64}", hash_secret(secret))
    assert hash_secret(secret) == hash_secret(secret)
    assert hash_secret(secret) != hash_secret(new_secret())
    # FIPS 180-2, appendix B.1.
    assert hash_secret("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_public_id_is_a_uuid_of_version_7():
    moment = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        found = uuid7()
    assert (found.version, found.variant) == (7, "specified in RFC 4122")
    assert found.int >> 80 == moment.timestamp() * 1000


def test_public_ids_sort_by_their_time_and_never_repeat():
    with time_machine.travel(0, tick=False) as clock:
        found = []
        for _ in range(50):
            found.append(uuid7())
            clock.shift(0.001)
        assert found == sorted(found)
        assert len({uuid7() for _ in range(1000)}) == 1000


class TestSigner:
    @pytest.fixture(autouse=True)
    def _in_a_request(self, request_context):
        pass

    def test_what_was_signed_comes_back(self):
        assert signer("reply").loads(signer("reply").dumps({"id": 1})) == {"id": 1}

    def test_another_purpose_is_refused(self):
        with pytest.raises(BadSignature):
            signer("unsubscribe").loads(signer("reply").dumps(1))

    def test_a_changed_value_is_refused(self):
        signed = signer("reply").dumps("1")
        with pytest.raises(BadSignature):
            signer("reply").loads("x" + signed)

    def test_it_can_run_out(self):
        with time_machine.travel(time.time(), tick=False) as clock:
            signed = signer("reply").dumps(1)
            clock.shift(61)
            with pytest.raises(SignatureExpired):
                signer("reply").loads(signed, max_age=60)
