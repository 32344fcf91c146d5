import pytest
from sqlalchemy import select

from supportgroups.accounts import queries
from supportgroups.audit import AuditEntry
from supportgroups.db import db


@pytest.fixture
def grant(app, cast):
    """Type the command."""

    def grant(email):
        db.session.rollback()
        result = app.test_cli_runner().invoke(args=["accounts", "grant-site-admin", email])
        db.session.rollback()
        db.session.expire_all()
        return result

    return grant


class TestGrantSiteAdmin:
    def test_it_works_and_leaves_one_line_in_the_audit_trail(self, grant, cast, now):
        result = grant("Rosa@example.org")
        assert result.exit_code == 0, result.output
        rosa = queries.find_user_by_email("rosa@example.org")
        assert rosa.is_site_admin
        entry = db.session.execute(select(AuditEntry)).scalar_one()
        assert (entry.act, entry.subject, entry.actor_id) == (
            "site_admin.granted",
            str(rosa.public_id),
            None,
        )
        assert entry.acted_at == now

    def test_a_second_time_changes_nothing(self, grant):
        assert grant("rosa@example.org").exit_code == 0
        assert grant("rosa@example.org").exit_code == 0
        assert len(db.session.execute(select(AuditEntry)).all()) == 1

    def test_it_says_that_nobody_has_the_address(self, grant):
        result = grant("nobody@example.org")
        assert result.exit_code == 1
        assert "nobody has an account with this address" in result.output
        assert db.session.execute(select(AuditEntry)).first() is None
