"""The product with one careless line, to show that what other processes hand out is looked over.

Each entry of a private calendar says who leads the session.
"""

import os
from dataclasses import replace
from typing import Any

from supportgroups.app import create_app
from supportgroups.calendars import feeds
from supportgroups.config import load_config

as_ever = feeds.private_entry


def private_entry(*arguments: Any, **names: Any) -> Any:
    """Name Kofi."""
    return replace(as_ever(*arguments, **names), description="Kofi leads it")


feeds.private_entry = private_entry

app = create_app(load_config(os.environ))
