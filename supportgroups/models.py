"""Every table of every slice, for migrations and for tests that look at all of them."""

from supportgroups.accounts.models import (
    EmailChange,
    ManageLink,
    SignIn,
    SignInLink,
    SignUp,
    UserAccount,
)
from supportgroups.announcements.models import Announcement
from supportgroups.audit import AuditEntry
from supportgroups.calendars.models import FeedLink, Invitation, InvitationChoice
from supportgroups.db import Model
from supportgroups.exchange.models import Import, ImportDraft, ImportedEvent
from supportgroups.form_keys import UsedFormKey
from supportgroups.groups.models import (
    AccessFact,
    Group,
    GroupDraft,
    GroupTopic,
    InvitationLink,
    JoinRequest,
    Membership,
)
from supportgroups.guides.models import GuideVote
from supportgroups.insight.models import HeadCount
from supportgroups.limits import TriesCounter
from supportgroups.notices.models import PushDevice
from supportgroups.outbox.models import DayCount, FailingAddress, OutboxJob
from supportgroups.rsvps.models import Rsvp, SeriesRsvp, SessionTally, WaitingListOffer
from supportgroups.search.models import SearchEntry
from supportgroups.sessions.models import (
    GroupSession,
    Pause,
    ScheduleChange,
    Series,
    SeriesDate,
    SeriesFacilitator,
    SeriesSkip,
    SessionFacilitator,
    SiteBreak,
    ZoneData,
)
from supportgroups.volunteering.models import CoverAsk, CoverRequest

__all__ = [
    "AccessFact",
    "Announcement",
    "AuditEntry",
    "CoverAsk",
    "CoverRequest",
    "DayCount",
    "EmailChange",
    "FailingAddress",
    "FeedLink",
    "Group",
    "GroupDraft",
    "GroupSession",
    "GroupTopic",
    "GuideVote",
    "HeadCount",
    "Import",
    "ImportDraft",
    "ImportedEvent",
    "Invitation",
    "InvitationChoice",
    "InvitationLink",
    "JoinRequest",
    "ManageLink",
    "Membership",
    "Model",
    "OutboxJob",
    "Pause",
    "PushDevice",
    "Rsvp",
    "ScheduleChange",
    "SearchEntry",
    "Series",
    "SeriesDate",
    "SeriesFacilitator",
    "SeriesRsvp",
    "SeriesSkip",
    "SessionFacilitator",
    "SessionTally",
    "SignIn",
    "SignInLink",
    "SignUp",
    "SiteBreak",
    "TriesCounter",
    "UsedFormKey",
    "UserAccount",
    "WaitingListOffer",
    "ZoneData",
]
