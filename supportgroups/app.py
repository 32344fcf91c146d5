"""The application: what it is made of, in one readable place."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click
from blinker import Signal
from flask import Blueprint, Flask
from flask_babel import Babel
from jinja2 import FileSystemBytecodeCache, StrictUndefined
from jinja2 import __version__ as jinja_version
from werkzeug.middleware.proxy_fix import ProxyFix

from supportgroups import (
    access,
    csrf,
    db,
    errors,
    events,
    form_keys,
    formatting,
    headers,
    kept_pages,
    languages,
    limits,
    logs,
    operations,
    request_limits,
    static_files,
)
from supportgroups.accounts import current
from supportgroups.accounts import emails as account_emails
from supportgroups.accounts.cli import accounts_commands
from supportgroups.accounts.services import sign_ins
from supportgroups.accounts.views import bp as accounts
from supportgroups.announcements import emails as announcement_emails
from supportgroups.announcements import reactions as announcement_reactions
from supportgroups.announcements import services as announcement_services
from supportgroups.announcements.views import bp as announcements
from supportgroups.calendars import door as feed_door
from supportgroups.calendars import emails as calendar_emails
from supportgroups.calendars.cli import calendars_commands
from supportgroups.calendars.listener import listening_for_replies
from supportgroups.calendars.services import expiry as calendar_expiry
from supportgroups.calendars.services import invitations
from supportgroups.calendars.views import bp as calendars
from supportgroups.config import Config
from supportgroups.dev.cli import cli as dev_command
from supportgroups.dev.views import bp as dev
from supportgroups.exchange import reactions as exchange_reactions
from supportgroups.exchange import services as exchange_services
from supportgroups.exchange.views import bp as exchange
from supportgroups.groups import emails as group_emails
from supportgroups.groups import reactions as group_reactions
from supportgroups.groups.services import drafts, listings
from supportgroups.groups.views import bp as groups
from supportgroups.guides import emails as guide_emails
from supportgroups.guides import services as guide_services
from supportgroups.guides import views as guides
from supportgroups.guides.cli import guides_commands
from supportgroups.insight import emails as insight_emails
from supportgroups.insight import services as insight_services
from supportgroups.insight.views import bp as insight
from supportgroups.notices import emails as notice_emails
from supportgroups.notices import gate
from supportgroups.notices import reactions as notice_reactions
from supportgroups.notices.services import letters as notices
from supportgroups.notices.services import pushing
from supportgroups.notices.views import bp as notice_pages
from supportgroups.outbox import worker
from supportgroups.outbox.cli import outbox_commands, worker_command
from supportgroups.outbox.services import addresses as outbox_addresses
from supportgroups.outbox.services import history as outbox_history
from supportgroups.outbox.worker import Builder, Companion, Errand, Report, Task
from supportgroups.pages.views import bp as pages
from supportgroups.rsvps import emails as rsvp_emails
from supportgroups.rsvps import reactions as rsvp_reactions
from supportgroups.rsvps.services import answers, course_names, series_seats, waiting_list
from supportgroups.rsvps.services import names as answer_names
from supportgroups.rsvps.views import bp as rsvps
from supportgroups.search import changes as search_changes
from supportgroups.search import services as search_services
from supportgroups.search.cli import search_commands
from supportgroups.search.views import bp as search
from supportgroups.sessions import reactions as session_reactions
from supportgroups.sessions.cli import sessions_commands
from supportgroups.sessions.services import changes, series, zones
from supportgroups.sessions.views import bp as sessions
from supportgroups.upkeep.cli import (
    backup_command,
    doctor_command,
    move_to_command,
    restore_command,
)
from supportgroups.upkeep.views import bp as upkeep
from supportgroups.volunteering import emails as volunteering_emails
from supportgroups.volunteering.services import lookout
from supportgroups.volunteering.views import bp as volunteering

ROOT = Path(__file__).parent.parent

BLUEPRINTS: tuple[Blueprint, ...] = (
    operations.bp,
    accounts,
    groups,
    sessions,
    rsvps,
    calendars,
    notice_pages,
    announcements,
    guides.bp,
    exchange,
    search,
    volunteering,
    insight,
    upkeep,
    pages,
)

COMMANDS: tuple[click.Command, ...] = (
    accounts_commands,
    calendars_commands,
    guides_commands,
    sessions_commands,
    search_commands,
    worker_command,
    outbox_commands,
    backup_command,
    restore_command,
    doctor_command,
    move_to_command,
    dev_command,
)

#: Who hears which fact: `(events.schedule_changed, rsvp_reactions.tell_people_of_…)`.
WIRES: tuple[tuple[Signal, Callable[..., object]], ...] = (
    (events.person_erased, group_reactions.end_everything_of_erased_person),
    (events.person_erased, rsvp_reactions.forget_answers_of_erased_person),
    (events.person_erased, announcement_reactions.erase_words_of_erased_person),
    (events.group_renamed, session_reactions.revise_sessions_of_renamed_group),
    (events.membership_ended, session_reactions.free_sessions_of_facilitator),
    (events.lead_ended, session_reactions.free_sessions_of_facilitator),
    (events.member_removed, session_reactions.ask_for_new_links),
    (events.group_guarded, session_reactions.ask_for_new_links),
    (events.membership_ended, rsvp_reactions.withdraw_answers_of_former_member),
    (events.sessions_planned, rsvp_reactions.seat_holders_of_new_sessions),
    (events.sessions_planned, rsvp_reactions.enrolled_come_to_new_dates),
    (events.make_up_planned, rsvp_reactions.tell_enrolled_of_make_up),
    (events.course_changed, rsvp_reactions.pass_on_places_in_course),
    (events.series_continued, rsvp_reactions.let_seats_go_on),
    (events.series_continued, exchange_reactions.follow_continued_series),
    (events.session_moved, rsvp_reactions.make_offers_anew),
    (events.session_moved, notice_reactions.remind_of_new_time),
    (events.session_cancelled, rsvp_reactions.withdraw_offers_of_cancelled_session),
    (events.schedule_change_proposed, rsvp_reactions.name_readers_of_proposed_change),
    (events.schedule_changed, rsvp_reactions.tell_people_of_changed_schedule),
    (events.schedule_change_reverted, rsvp_reactions.tell_people_of_undone_change),
    (events.session_restored, rsvp_reactions.follow_restored_session),
    (events.session_capacity_changed, rsvp_reactions.pass_on_new_places),
)

#: Who writes which letter, by the kind of the job: `"rsvps.promoted": rsvps_emails.promoted`.
LETTERS: dict[str, Builder] = {
    "accounts.confirm_sign_up": account_emails.confirm_sign_up,
    "accounts.sign_in_link": account_emails.sign_in_link,
    "accounts.own_link": account_emails.own_link,
    "accounts.confirm_email": account_emails.confirm_email,
    "accounts.email_changed": account_emails.email_changed,
    "accounts.password_changed": account_emails.password_changed,
    "announcements.announcement": announcement_emails.announcement,
    "groups.confirmation_wanted": group_emails.confirmation_wanted,
    "groups.hidden": group_emails.hidden,
    "groups.problem_reported": group_emails.problem_reported,
    "calendars.invitation": calendar_emails.invitation,
    "calendars.answer_differs": calendar_emails.answer_differs,
    "calendars.answer_unsure": calendar_emails.answer_unsure,
    "calendars.link_expired": calendar_emails.link_expired,
    "groups.join_requested": group_emails.join_requested,
    "groups.join_request_approved": group_emails.join_request_approved,
    "groups.join_request_declined": group_emails.join_request_declined,
    "guides.lines_to_check": guide_emails.lines_to_check,
    "insight.head_count_wanted": insight_emails.head_count_wanted,
    "notices.reminder": notice_emails.reminder,
    "notices.duty": notice_emails.duty,
    "notices.digest": notice_emails.digest,
    "rsvps.promoted": rsvp_emails.promoted,
    "rsvps.place_offered": rsvp_emails.place_offered,
    "rsvps.offer_expired": rsvp_emails.offer_expired,
    "rsvps.still_coming": rsvp_emails.still_coming,
    "rsvps.enrolled": rsvp_emails.enrolled,
    "rsvps.date_added": rsvp_emails.date_added,
    "rsvps.next_course": rsvp_emails.next_course,
    "rsvps.schedule_changed": rsvp_emails.schedule_changed,
    "rsvps.schedule_change_undone": rsvp_emails.schedule_change_undone,
    "volunteering.cover_wanted": volunteering_emails.cover_wanted,
    "volunteering.cover_settled": volunteering_emails.cover_settled,
    "volunteering.lead_missing": volunteering_emails.lead_missing,
}

#: What the worker does again and again, each once in every slot of the given length.
TASKS: dict[str, Task] = {
    "accounts.forget_expired": Task(sign_ins.forget_expired, timedelta(hours=1)),
    "calendars.bring_calendars_into_step": Task(
        invitations.bring_calendars_into_step, timedelta(minutes=1)
    ),
    "calendars.forget_past_invitations": Task(
        invitations.forget_past_invitations, timedelta(hours=1)
    ),
    "rsvps.pass_on_places": Task(waiting_list.pass_on_places, timedelta(minutes=1)),
    "rsvps.look_after_seats": Task(series_seats.look_after_seats, timedelta(hours=1)),
    "rsvps.forget_notes": Task(answers.forget_notes, timedelta(hours=1)),
    "form_keys.forget_used_keys": Task(form_keys.forget_used_keys, timedelta(days=1)),
    "guides.ask_to_check_lines": Task(guide_services.ask_to_check_lines, timedelta(days=1)),
    "groups.look_after_listings": Task(listings.look_after_listings, timedelta(hours=6)),
    "groups.forget_old_reports": Task(listings.forget_old_reports, timedelta(days=1)),
    "groups.forget_old_drafts": Task(drafts.forget_old_drafts, timedelta(days=1)),
    "calendars.tell_of_expired": Task(calendar_expiry.tell_of_expired, timedelta(days=1)),
    "exchange.forget_old_drafts": Task(exchange_services.forget_old_drafts, timedelta(days=1)),
    "sessions.extend_all_series": Task(series.extend_all_series, timedelta(hours=1)),
    "volunteering.look_after_leads": Task(lookout.look_after_leads, timedelta(minutes=15)),
    "insight.ask_for_head_counts": Task(
        insight_services.ask_for_head_counts, timedelta(minutes=15)
    ),
    "rsvps.erase_old_answers": Task(answer_names.erase_old_answers, timedelta(hours=6)),
    "rsvps.erase_old_rosters": Task(course_names.erase_old_rosters, timedelta(hours=6)),
    "notices.queue_reminders": Task(notices.queue_reminders, timedelta(minutes=5)),
    "notices.queue_duty_reminders": Task(notices.queue_duty_reminders, timedelta(minutes=15)),
    "notices.queue_digests": Task(notices.queue_digests, timedelta(minutes=15)),
    "announcements.erase_old_words": Task(
        announcement_services.erase_old_words, timedelta(hours=1)
    ),
    "sessions.follow_zone_data": Task(zones.follow_zone_data, timedelta(hours=1)),
    "sessions.forget_old_changes": Task(changes.forget_old_changes, timedelta(days=1)),
    "search.write_missing": Task(search_services.write_missing, timedelta(hours=1)),
    "outbox.forget_finished_jobs": Task(outbox_history.forget_finished_jobs, timedelta(days=1)),
    "outbox.forget_old_failures": Task(outbox_addresses.forget_old_failures, timedelta(days=1)),
    "limits.forget_old_tries": Task(limits.forget_old_tries, timedelta(days=1)),
}

#: What the worker does outside the site besides sending letters.
ERRANDS: dict[str, Errand] = {
    "notices.push": Errand(pushing.find_endpoint, pushing.send, pushing.note_answer),
}

#: What `worker --status` tells besides the jobs.
REPORTS: tuple[Report, ...] = (series.report_running_out,)

#: What goes on beside the worker, where it is set up.
COMPANIONS: tuple[Companion, ...] = (listening_for_replies,)


def create_app(config: Config) -> Flask:
    """Build the application for one configuration."""
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(_framework_settings(config))
    _prepare_templates(app, config)
    logs.init_app(app, config)
    db.init_app(app, config)
    request_limits.init_app(app, config)
    Babel(app, locale_selector=current.select_language)
    for part in (access, errors, formatting, csrf, current):
        part.init_app(app)
    for part in (headers, static_files):
        part.init_app(app, config)
    kept_pages.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if config.development:
        app.register_blueprint(dev)
    for fact, reaction in WIRES:
        fact.connect(reaction)
    search_changes.listen()
    guides.register(app)
    worker.init_app(
        app,
        letters=LETTERS,
        tasks=TASKS,
        reports=REPORTS,
        gate=gate.pass_notice,
        companions=COMPANIONS,
        errands=ERRANDS,
    )
    for command in COMMANDS:
        app.cli.add_command(command)
    feed_door.init_app(app, config)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _prepare_templates(app: Flask, config: Config) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # After a start nobody waits for templates that were compiled before.
    compiled = config.data_dir / "compiled-templates"
    compiled.mkdir(mode=0o700, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled), f"{jinja_version}-%s")
    app.jinja_env.globals.update(
        site_name=config.site_name,
        can_send_mail=config.can_send_mail,
        new_form_key=form_keys.new_form_key,
        page_language=languages.page_language,
        page_direction=languages.page_direction,
    )


def _framework_settings(config: Config) -> dict[str, object]:
    host = config.host.partition(":")[0]
    return {
        "SETTINGS": config,
        "SECRET_KEY": config.secret_key,
        # Absolute links come from configuration; a forged Host is refused.
        "TRUSTED_HOSTS": [host, "localhost"] if config.development else [host],
        "PREFERRED_URL_SCHEME": "https" if config.is_https else "http",
        "SESSION_COOKIE_NAME": "__Host-session" if config.is_https else "session",
        "SESSION_COOKIE_SECURE": config.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        # Nobody needs OPTIONS here, and what answers it would do so without asking who may.
        "PROVIDE_AUTOMATIC_OPTIONS": False,
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        # A calendar of 1 MiB can be pasted.
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024 + 64 * 1024,
        "MIGRATION_HEAD": (ROOT / "migrations" / ".current-head").read_text().strip(),
        "BABEL_DEFAULT_LOCALE": languages.LANGUAGES["en"],
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "supportgroups" / "translations"),
    }
