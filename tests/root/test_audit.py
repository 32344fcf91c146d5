from supportgroups.audit import record
from supportgroups.db import db, transaction
from tests.watching import acts, last_entry


def test_an_act_is_written_down_with_the_change_itself(cast, now):
    with transaction():
        record("demo.acted", actor_id=cast.rosa.id, group_id=cast.group.id, subject="x", now=now)
    entry = last_entry()
    assert (entry.act, entry.subject, entry.acted_at) == ("demo.acted", "x", now)
    assert (entry.actor_id, entry.group_id) == (cast.rosa.id, cast.group.id)


def test_the_trail_outlives_the_person_and_the_group(cast, now):
    with transaction():
        record("demo.acted", actor_id=cast.stan.id, group_id=cast.group.id, now=now)
    with transaction():
        db.session.delete(cast.stan)
        db.session.delete(cast.group)
    db.session.expire_all()
    entry = last_entry()
    assert (entry.actor_id, entry.group_id) == (None, None)
    assert acts() == ["demo.acted"]
