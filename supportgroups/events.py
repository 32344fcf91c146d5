"""Facts that lower slices announce and higher slices react to, inside the same transaction.

Each is a blinker signal in the past tense; what it carries is written beside it. All wires are
connected in `app.py`, so that one list shows who hears what.
"""

from blinker import Signal

#: Somebody is erased for good. Their rows go at the end of the transaction. Carries `user_id`, `now`.
person_erased = Signal()

#: A person no longer belongs to a group. Carries `group_id`, `user_id`, `now`.
membership_ended = Signal()

#: Organizers ended somebody's membership. Carries `group_id`, `now`.
member_removed = Signal()

#: Organizers let in only whom they approve, because the group is attacked. Carries `group_id`, `now`.
group_guarded = Signal()

#: A person still belongs to a group but no longer leads in it. Carries `group_id`, `user_id`, `now`.
lead_ended = Signal()

#: A group has another name, which calendars show. Carries `group`, `now`.
group_renamed = Signal()

#: Sessions of some series were made ahead. Carries `made` (the id of a series → those of its new
#: sessions), `now`.
sessions_planned = Signal()

#: A course has other places or another time to join. Carries `series`, `now`.
course_changed = Signal()

#: A course has a date more, for those who missed one. Carries `group_session`, `now`.
make_up_planned = Signal()

#: A series ended, and another goes on in its place. Carries `ended_id`, `goes_on_id` (of series).
series_continued = Signal()

#: An act on a schedule waits for a yes. Carries `session_ids`, of those with news, `actor_id` of whoever
#: does it (perhaps None), and `readers`: a set to which whoever would tell somebody adds the ids of these people.
schedule_change_proposed = Signal()

#: An act changed sessions of a group. Carries `change` (a ScheduleChange), `now`.
schedule_changed = Signal()

#: Such an act was undone. Carries `change`, `now`.
schedule_change_reverted = Signal()

#: A session has a new time. Carries `group_session`, `old_starts_at`, `now`.
session_moved = Signal()

#: A session will not take place. Carries `group_session`, `now`.
session_cancelled = Signal()

#: A cancelled session will take place after all. Carries `group_session`, `now`.
session_restored = Signal()

#: A session has another number of places. Carries `group_session`, `now`.
session_capacity_changed = Signal()
