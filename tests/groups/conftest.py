"""What tests of groups share."""

from collections.abc import Callable
from typing import Any

import pytest

from supportgroups.groups.models import Admission, Visibility
from supportgroups.groups.services.groups import GroupDetails
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Format, Topic


@pytest.fixture
def details() -> Callable[..., GroupDetails]:
    """What an organizer says about a group, complete, with overrides."""

    def details(**overrides: Any) -> GroupDetails:
        values: dict[str, Any] = {
            "name": "Morning circle",
            "purpose": "We meet to talk and to listen.",
            "audience": "Anyone who has lost somebody",
            "first_visit": "Somebody meets you at the door.",
            "format": Format.HYBRID,
            "language": "cy",
            "time_zone": "Europe/London",
            "cost": "A coin for the tea",
            "visibility": Visibility.LISTED,
            "admission": Admission.REQUEST,
            "agreement": "What is said here stays here.",
            "topics": frozenset({Topic.STRESS, Topic.ANXIETY}),
            "access": {AccessFeature.STEP_FREE: AccessAnswer.YES},
        }
        return GroupDetails(**values | overrides)

    return details
