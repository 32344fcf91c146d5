"""Who gets what from every route: the policy of the whole site, one line for each address.

Columns: the guest · stranger, pending, invited, removed, organizer of another group, site admin ·
member, waitlisted, facilitator, organizer. Where a group matters there are three blocks, for the
listed, the unlisted and the private group.

  .  shown, and nothing changed          S  sent to the sign-in page
  +  done: something changed             F  403, may see it but not do this
  >  sent on, and nothing changed        N  404, as if it did not exist
  C  409, against a rule                 G  410, gone

A pending person has asked to join the group, an invited one holds an invitation link, a removed
one was a member. The member holds the only place of the next session, the waitlisted one waits.
"""

OPEN = ". ...... ...."
#: Everybody who has the address reads about a listed or unlisted group.
READ = ". ...... .... | . ...... .... | N NNNNNN ...."
#: Members alone.
BELONG = "S FFFFFF .... | S FFFFFF .... | N NNNNNN ...."
BELONG_DO = "S FFFFFF ++++ | S FFFFFF ++++ | N NNNNNN ++++"
#: Those who lead: facilitators and organizers.
LEAD = "S FFFFFF FF.. | S FFFFFF FF.. | N NNNNNN FF.."
LEAD_DO = "S FFFFFF FF++ | S FFFFFF FF++ | N NNNNNN FF++"
#: Organizers alone.
RUN = "S FFFFFF FFF. | S FFFFFF FFF. | N NNNNNN FFF."
RUN_DO = "S FFFFFF FFF+ | S FFFFFF FFF+ | N NNNNNN FFF+"
#: Whoever runs the site, about a group that its visitors can meet.
DECIDE_DO = "S FFFFF+ FFFF | S FFFFF+ FFFF | N NNNNNN FFFF"
#: Everybody signed in, about what is their own.
OWN = "S ...... ...."
OWN_DO = "S ++++++ ++++"
#: What belongs to the member, so that nobody else finds it.
MEMBERS_OWN = "S NNNNNN .NNN"
MEMBERS_OWN_DO = "S NNNNNN +NNN"

#: Whoever runs the site alone.
SITE = "S FFFFF. FFFF"
SITE_DO = "S FFFFF+ FFFF"

TABLE = {
    # accounts
    "GET  accounts.check_mail": OPEN,
    "GET  accounts.clear_cache": OPEN,
    "GET  accounts.come_back": OPEN,
    "POST accounts.come_back": "+ ++++++ ++++",
    "GET  accounts.confirm_email": "S GGGGGG .GGG",
    "POST accounts.confirm_email": "S GGGGGG +GGG",
    "GET  accounts.confirm_sign_up": OPEN,
    "POST accounts.confirm_sign_up": "+ ++++++ ++++",
    "GET  accounts.devices": OWN,
    "GET  accounts.email": OWN,
    "POST accounts.email": OWN_DO,
    "POST accounts.end_device": MEMBERS_OWN_DO,
    "POST accounts.end_other_devices": OWN_DO,
    "GET  accounts.goodbye": OPEN,
    "GET  accounts.leave": "> ++++++ ++++",
    "GET  accounts.own_link": "S >>>>>> >>>>",
    "GET  accounts.password": OWN,
    "POST accounts.password": OWN_DO,
    "GET  accounts.profile": OWN,
    "POST accounts.profile": OWN_DO,
    "POST accounts.renew_own_link": "S FFFFFF FFFF",
    "GET  accounts.request_sign_in_link": "S SSSSSS SSSS",
    "POST accounts.request_sign_in_link": "+ ++++++ ++++",
    "GET  accounts.sign_in": ". >>>>>> >>>>",
    "POST accounts.sign_in": "+ ++++++ ++++",
    "GET  accounts.sign_out": "> ...... ....",
    "POST accounts.sign_out": "> ++++++ ++++",
    "GET  accounts.sign_up": ". >>>>>> >>>>",
    "POST accounts.sign_up": "+ >>>>>> >>>>",
    "POST accounts.write_again": "S >>>>>> +>>>",
    "GET  accounts.use_sign_in_link": OPEN,
    "POST accounts.use_sign_in_link": "+ ++++++ ++++",
    # announcements; the last one can still be taken back
    "POST announcements.take_back": RUN_DO,
    "GET  announcements.write": RUN,
    "POST announcements.write": RUN_DO,
    "GET  announcements.write_about": RUN,
    "POST announcements.write_about": RUN_DO,
    "GET  announcements.written": RUN,
    # calendars; a feed notes that an app came
    "GET  calendars.course_file": READ,
    "GET  calendars.create_link": OWN,
    "POST calendars.create_link": OWN_DO,
    "GET  calendars.edit_link": MEMBERS_OWN,
    "POST calendars.edit_link": MEMBERS_OWN_DO,
    "GET  calendars.follow_group": ". ...... .... | . ...... .... | N NNNNNN NNNN",
    "GET  calendars.follow_site": OPEN,
    "GET  calendars.group_feed": ". ...... .... | . ...... .... | N NNNNNN NNNN",
    "GET  calendars.invitations": OWN,
    "POST calendars.invitations": OWN_DO,
    "GET  calendars.links": OWN,
    "GET  calendars.private_feed": "+ ++++++ ++++",
    "POST calendars.renew_link": MEMBERS_OWN_DO,
    "GET  calendars.revoke_link": MEMBERS_OWN,
    "POST calendars.revoke_link": MEMBERS_OWN_DO,
    "GET  calendars.session_file": READ,
    "GET  calendars.show_address": MEMBERS_OWN,
    "GET  calendars.site_feed": OPEN,
    "GET  calendars.stop_invitations": OPEN,
    "POST calendars.stop_invitations": "+ ++++++ ++++",
    # dev; a public site has none of these
    "GET  dev.components": OPEN,
    "GET  dev.letter": OPEN,
    "GET  dev.letter_html": OPEN,
    "GET  dev.mailbox": OPEN,
    # exchange; what other programs read of listed groups
    "GET  exchange.group_sessions": ". ...... .... | N NNNNNN NNNN | N NNNNNN NNNN",
    "GET  exchange.meetings": OPEN,
    # exchange; what organizers bring from other programs
    "GET  exchange.import_dates": RUN,
    "POST exchange.import_dates": RUN_DO,
    "GET  exchange.review_import": RUN,
    "POST exchange.review_import": RUN_DO,
    "GET  exchange.undo_import": RUN,
    "POST exchange.undo_import": RUN_DO,
    # groups
    "GET  groups.accept_agreement": BELONG,
    "POST groups.accept_agreement": BELONG_DO,
    "GET  groups.accept_invitation": ". ...N.. >>>> | . ...N.. >>>> | . ...N.. >>>>",
    "POST groups.accept_invitation": ". +++N++ >>>> | . +++N++ >>>> | . +++N++ >>>>",
    "POST groups.ask_for_approval": "S FFFFFF ++>> | S FFFFFF ++>> | N NNNNNN ++>>",
    "POST groups.change_role": RUN_DO,
    "POST groups.confirm": RUN_DO,
    "POST groups.create_invitation": RUN_DO,
    "POST groups.decide_join_request": RUN_DO,
    "GET  groups.edit": RUN,
    "POST groups.edit": RUN_DO,
    "POST groups.guard": RUN_DO,
    "GET  groups.join": "S ...F.. >>>> | S ...F.. >>>> | N NNNNNN >>>>",
    "POST groups.join": "S +++F++ >>>> | S +++F++ >>>> | N NNNNNN >>>>",
    "GET  groups.leave": BELONG,
    "POST groups.leave": BELONG_DO,
    "GET  groups.members": RUN,
    "POST groups.readmit_member": RUN_DO,
    "GET  groups.remove_member": RUN,
    "POST groups.remove_member": RUN_DO,
    "POST groups.revoke_invitation": RUN_DO,
    "GET  groups.welcome": RUN,
    "POST groups.welcome": RUN_DO,
    "POST groups.withdraw_join_request": "> >+>>>> >>>> | > >+>>>> >>>> | N NNNNNN >>>>",
    # guides
    "GET  guides.help_now": OPEN,
    "GET  guides.index": OPEN,
    "GET  guides.keep": OPEN,
    "GET  guides.offline": OPEN,
    "GET  guides.say_helpful": OPEN,
    "POST guides.say_helpful": "+ ++++++ ++++",
    "GET  guides.service_worker": OPEN,
    "GET  guides.sheet": OPEN,
    "GET  guides.show": OPEN,
    # upkeep; of each group a letter was given up
    "GET  upkeep.group_letters": RUN,
    "POST upkeep.retry_group_letters": RUN_DO,
    "POST upkeep.retry_site_letters": "S FFFFF+ FFFF",
    "GET  upkeep.site_letters": SITE,
    # volunteering; the organizer is asked to lead the uncovered session, which the facilitator left
    "POST volunteering.allow_leading_alone": RUN_DO,
    "POST volunteering.answer": LEAD_DO,
    "GET  volunteering.answer_by_link": OPEN,
    "POST volunteering.answer_by_link": "+ ++++++ ++++",
    "POST volunteering.ask_for_cover": "S FFFFFF FF+> | S FFFFFF FF+> | N NNNNNN FF+>",
    "POST volunteering.decide": RUN_DO,
    "GET  volunteering.find_cover": LEAD,
    "GET  volunteering.pass_on_by_link": OPEN,
    "POST volunteering.pass_on_by_link": "+ ++++++ ++++",
    # insight
    "GET  insight.count_by_link": OPEN,
    "POST insight.count_by_link": "+ ++++++ ++++",
    "GET  insight.count_heads": LEAD,
    "POST insight.count_heads": LEAD_DO,
    "GET  insight.numbers": LEAD,
    "GET  insight.numbers_file": LEAD,
    "GET  insight.organizing": OWN,
    # notices; whoever holds the link of a letter is its reader
    "GET  notices.answer": OPEN,
    "POST notices.answer": "+ ++++++ ++++",
    "GET  notices.news": OWN,
    "POST notices.news": OWN_DO,
    # Notes go to devices that are kept signed in, as the member's is; it gets them already.
    "POST notices.start_pushing": "S >>>>>> +>>>",
    "GET  notices.stop": OPEN,
    "POST notices.stop": "+ ++++++ ++++",
    "POST notices.stop_pushing": "S >>>>>> +>>>",
    # operations
    "GET  operations.healthz": OPEN,
    "GET  operations.readyz": OPEN,
    "GET  operations.robots": OPEN,
    # pages
    "GET  pages.course": READ,
    "GET  pages.directory": OPEN,
    "GET  pages.erase": OWN,
    "POST pages.erase": OWN_DO,
    "GET  pages.erased": OPEN,
    "GET  pages.group": READ,
    "GET  pages.group_sessions": READ,
    "POST pages.hide_group": DECIDE_DO,
    "GET  pages.home": OPEN,
    "POST pages.keep_group": DECIDE_DO,
    "GET  pages.my": OWN,
    "GET  pages.my_sessions": OWN,
    "GET  pages.report_problem": ". ...... .... | . ...... .... | N NNNNNN FFFF",
    "POST pages.report_problem": "+ ++++++ ++++ | + ++++++ ++++ | N NNNNNN FFFF",
    "GET  pages.reports": "S FFFFF. FFFF",
    "GET  pages.session": READ,
    "GET  pages.site_sessions": OPEN,
    "GET  pages.sitemap": OPEN,
    # rsvps; the link to an offer is the person's own, whoever is signed in
    "GET  rsvps.answer_offer": OPEN,
    "POST rsvps.answer_offer": "+ ++++++ ++++",
    "GET  rsvps.answers": LEAD,
    "GET  rsvps.come": "S FFFFFF >>>> | . ...F.. >>>> | N NNNNNN >>>>",
    "POST rsvps.come": "S FFFFFF >>>> | + +++F++ >>>> | N NNNNNN >>>>",
    "GET  rsvps.come_to_course": "S FFFFFF >>>> | . ...F.. >>>> | N NNNNNN >>>>",
    "POST rsvps.come_to_course": "S FFFFFF >>>> | + +++F++ >>>> | N NNNNNN >>>>",
    "GET  rsvps.edit_way_in": RUN,
    "POST rsvps.edit_way_in": RUN_DO,
    "GET  rsvps.edit_room": RUN,
    "POST rsvps.edit_room": RUN_DO,
    # The member and the waitlisted person have asked already.
    "POST rsvps.enrol": "S FFFFFF >>++ | S FFFFFF >>++ | N NNNNNN >>++",
    "GET  rsvps.enter": READ,
    "POST rsvps.invite_listed": RUN_DO,
    "GET  rsvps.leave_course": "S FFFFFF ..>> | S FFFFFF ..>> | N NNNNNN ..>>",
    "POST rsvps.leave_course": "S FFFFFF ++>> | S FFFFFF ++>> | N NNNNNN ++>>",
    "GET  rsvps.might_come": READ,
    "POST rsvps.might_come": "+ ++++++ ++++ | + ++++++ ++++ | N NNNNNN ++++",
    "POST rsvps.move_up": RUN_DO,
    "GET  rsvps.respond": BELONG,
    "POST rsvps.respond": BELONG_DO,
    "GET  rsvps.roster": LEAD,
    "GET  rsvps.series_seat": BELONG,
    "POST rsvps.series_seat": BELONG_DO,
    # search; what it finds for whom is tested in tests/search
    "GET  search.search": OPEN,
    # sessions
    "GET  sessions.add_make_up": RUN,
    "POST sessions.add_make_up": RUN_DO,
    "GET  sessions.breaks": RUN,
    "GET  sessions.cancel": RUN,
    "POST sessions.cancel": RUN_DO,
    "GET  sessions.create_pause": RUN,
    "POST sessions.create_pause": RUN_DO,
    "GET  sessions.create_site_break": SITE,
    "POST sessions.create_site_break": SITE_DO,
    "GET  sessions.create_series": RUN,
    "POST sessions.create_series": RUN_DO,
    "GET  sessions.door_notice": LEAD,
    "GET  sessions.edit": RUN,
    "POST sessions.edit": RUN_DO,
    "GET  sessions.edit_course": RUN,
    "POST sessions.edit_course": RUN_DO,
    "POST sessions.lift_pause": RUN_DO,
    "GET  sessions.lift_site_break": SITE,
    "POST sessions.lift_site_break": SITE_DO,
    "GET  sessions.list_site_breaks": SITE,
    "GET  sessions.restore": RUN,
    "POST sessions.restore": RUN_DO,
    "POST sessions.undo": RUN_DO,
    "GET  sessions.set_up_review": OWN,
    "POST sessions.set_up_review": OWN_DO,
    "GET  sessions.set_up_what": OWN,
    "POST sessions.set_up_what": OWN_DO,
    "GET  sessions.set_up_when": OWN,
    "POST sessions.set_up_when": OWN_DO,
    "GET  sessions.set_up_where": OWN,
    "POST sessions.set_up_where": OWN_DO,
}

#: What only somebody does who comes by their own link alone.
FOR_VISITORS = {"POST accounts.renew_own_link"}

#: What guests and people signed in get for something that does not exist, where that is not N N.
MISSING = {
    # A mailed link that was used, is too old or was never made: nobody learns which.
    "accounts.come_back": "G G",
    "accounts.confirm_email": "S G",
    "accounts.confirm_sign_up": "G G",
    "accounts.use_sign_in_link": "G G",
    "insight.count_by_link": "G G",
    "volunteering.answer_by_link": "G G",
    "volunteering.pass_on_by_link": "G G",
    "accounts.end_device": "S N",
    "calendars.edit_link": "S N",
    "calendars.renew_link": "S N",
    "calendars.revoke_link": "S N",
    "calendars.show_address": "S N",
    "sessions.lift_site_break": "S F",
}

#: The only forms that need no token of ours, each with its reason.
NEEDS_NO_TOKEN = {
    "calendars.stop_invitations": "as for notices.stop",
    "notices.stop": "a mail program has only the address, which is a secret of the letter's reader",
}

#: The only addresses that change something though nobody sent a form, each with its reason.
CHANGES_BY_LOOKING = {
    "accounts.leave": "nobody who has to leave at once can wait for a second page",
    "calendars.private_feed": "its owner can see when an app last came",
}
