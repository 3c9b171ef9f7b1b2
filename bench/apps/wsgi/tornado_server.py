"""Tornado as its documentation of WSGIContainer and of HTTPServer has it: PORT PROCESSES."""

import sys

from hello import app
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.wsgi import WSGIContainer

port, processes = (int(word) for word in sys.argv[1:])
server = HTTPServer(WSGIContainer(app))
server.bind(port, "127.0.0.1", backlog=511)
server.start(processes)
IOLoop.current().start()
