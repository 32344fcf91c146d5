"""The one blueprint of this slice, which its views share."""

from flask import Blueprint

bp = Blueprint("exchange", __name__)
