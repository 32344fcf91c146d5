"""What a server of the tests serves: the product, or what stands for it, behind an ear.

SUPPORTGROUPS_TEST_SERVED names it, as in `wsgi:app`. What the ear notes is looked over when the
test ends (`tests/outgoing.py`).
"""

import os
from importlib import import_module

from tests.outgoing import Ear

module, _, name = os.environ["SUPPORTGROUPS_TEST_SERVED"].partition(":")
served = getattr(import_module(module), name)
app = Ear(served, served.config["SETTINGS"])
