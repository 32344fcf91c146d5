"""What an organizer writes."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from supportgroups.forms import Form, too_long
from supportgroups.text import clean_text

MAX_WORDS = 2000


class AnnouncementForm(Form):
    """Words in paragraphs, and nothing else."""

    words = TextAreaField(
        _l("Your message"),
        filters=[clean_text],
        validators=[DataRequired(_l("Write what people should know")), too_long(MAX_WORDS)],
    )
