"""Bottle: what it makes of the mount."""

from bottle import Bottle, request

app = Bottle()


@app.get("/hello/<name>")
def hello(name):
    return "hello %s script_name=%s path=%s\n" % (name, request.script_name, request.path)
