"""What a server imports."""

import os

from supportgroups.app import create_app
from supportgroups.config import load_config

app = create_app(load_config(os.environ))
