"""What time is it? With Flask: a function for each path. Debian: python3-flask."""

import os
import time

from flask import Flask

PAGE = "<!DOCTYPE html>\n<title>clock</title>\n<h1>%s</h1>\n<p>says process %d, with Flask\n"
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}

app = Flask(__name__)


@app.get("/")
def page():
    return PAGE % (time.strftime("%H:%M:%S"), os.getpid())


@app.get("/plain")
def plain():
    return time.strftime("%H:%M:%S\n"), PLAIN


@app.errorhandler(404)
def nothing(_):
    return "There is no such page.\n", 404, PLAIN
