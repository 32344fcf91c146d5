"""What a server imports."""

import os
import sys

from supportgroups.app import create_app
from supportgroups.config import BadSetting, load_config

try:
    app = create_app(load_config(os.environ))
except BadSetting as error:
    print(error, file=sys.stderr)  # noqa: T201 (there is no log yet)
    # A server that hears 3 stops, instead of starting the same worker for ever.
    sys.exit(3)
