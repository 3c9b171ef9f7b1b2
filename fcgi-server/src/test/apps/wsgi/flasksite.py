"""Flask: a route, an upload, a link, a mistake."""

import hashlib

from flask import Flask, request, url_for

app = Flask(__name__)


@app.get("/hello")
def hello():
    environ = request.environ
    return "hello script_name=%(SCRIPT_NAME)s path_info=%(PATH_INFO)s\n" % environ


@app.get("/link")
def link():
    return url_for("hello", _external=True)


@app.post("/upload")
def upload():
    file = request.files["file"]
    content = file.read()
    return "%s %d %s\n" % (file.filename, len(content), hashlib.sha256(content).hexdigest())


@app.get("/mistake")
def mistake():
    return {}["nothing"]
