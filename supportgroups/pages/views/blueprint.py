"""The one blueprint of this slice, which its views share."""

from flask import Blueprint

bp = Blueprint("pages", __name__)
