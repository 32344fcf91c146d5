"""What a server imports."""

import gc
import os
import sys

# What is loaded now stays for good: looking for garbage among it takes a quarter of the start.
gc.disable()

from supportgroups.app import create_app  # noqa: E402 (after that)
from supportgroups.config import BadSetting, load_config  # noqa: E402

try:
    app = create_app(load_config(os.environ))
except BadSetting as error:
    print(error, file=sys.stderr)  # noqa: T201 (there is no log yet)
    # A server that hears 3 stops, instead of starting the same worker for ever.
    sys.exit(3)

# And nobody looks there later, which also lets processes share this memory.
gc.freeze()
gc.enable()
