"""An upload of any size, read in pieces into a digest: no more than a piece is ever in memory.

curl --data-binary @FILE URL says the same as sha256sum FILE.
"""

import hashlib


def app(environ, start_response):
    digest, size = hashlib.sha256(), 0
    body = environ["wsgi.input"]
    while True:
        piece = body.read(65536)  # raises an OSError if the upload breaks off
        if not piece:
            break
        digest.update(piece)
        size += len(piece)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%s  %d bytes\n" % (digest.hexdigest().encode(), size)]
