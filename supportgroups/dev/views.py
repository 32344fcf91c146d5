"""What a developer looks at: the letters that a development site wrote instead of sending them."""

from flask import Blueprint

bp = Blueprint("dev", __name__, url_prefix="/dev")
