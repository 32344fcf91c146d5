"""Pages about calendars."""

from flask import Blueprint

bp = Blueprint("calendars", __name__)
