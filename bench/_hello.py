"""The least that a Flask program does: it says one thing of 1 KB, at every address."""

from flask import Flask

app = Flask("hello", static_folder=None)


@app.route("/")
@app.route("/readyz")
def hello() -> str:
    return "x" * 1024
