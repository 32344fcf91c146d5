"""The least program with the same frameworks: one table, one page. `memory.py` measures beside it."""

from flask import Flask, render_template_string
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Model(DeclarativeBase):
    """The base of the table."""


class Note(Model):
    """The table."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]


db = SQLAlchemy(metadata=Model.metadata, disable_autonaming=True)
app = Flask("floor", static_folder=None)
app.config.update(SECRET_KEY="floor", SQLALCHEMY_DATABASE_URI="sqlite://")
for extension in (db, Babel(), LoginManager(), CSRFProtect()):
    extension.init_app(app)
app.login_manager.user_loader(lambda _key: None)


@app.route("/")
@app.route("/readyz")
def notes() -> str:
    Model.metadata.create_all(db.engine)
    found = db.session.execute(select(Note)).scalars().all()
    return render_template_string("<p>{{ found }}</p>", found=found)
