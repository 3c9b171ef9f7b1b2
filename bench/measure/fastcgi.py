"""FastCGI spoken by hand: one request, over a socket of its own."""

import socket

KEEP = 1


def record(kind, content):
    return bytes([1, kind, 0, 1]) + len(content).to_bytes(2, "big") + b"\0\0" + content


def pairs(params):
    """For names and values of up to 127 bytes."""
    encoded = ((name.encode(), value.encode()) for name, value in params.items())
    return b"".join(bytes([len(name), len(value)]) + name + value for name, value in encoded)


def request(script_name, script_filename="", flags=0):
    """BEGIN_REQUEST for a responder, PARAMS and its end, the end of STDIN."""
    params = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": script_name,
        "REQUEST_URI": script_name,
        "QUERY_STRING": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }
    if script_filename:
        params |= {"SCRIPT_FILENAME": script_filename, "REDIRECT_STATUS": "200", "GATEWAY_INTERFACE": "CGI/1.1"}
    return record(1, bytes([0, 1, flags, 0, 0, 0, 0, 0])) + record(4, pairs(params)) + record(4, b"") + record(5, b"")


def is_whole(answer):
    """An END_REQUEST, whose content is 8 bytes, is the last record."""
    return len(answer) >= 16 and answer[-16:-14] == b"\1\3"


def ask(path, request_bytes):
    """All that comes back over a Unix socket, records and all."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(path))
        connection.sendall(request_bytes)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer
