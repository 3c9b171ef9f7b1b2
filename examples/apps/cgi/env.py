#!/usr/bin/env python3
"""The environment that this CGI process was given, sorted; bytes, as they came.

LC_CTYPE may be Python's own addition (PEP 538).
"""

import os
import sys

lines = sorted(name + b"=" + value + b"\n" for name, value in os.environb.items())
sys.stdout.buffer.write(b"Content-Type: text/plain\r\n\r\n" + b"".join(lines))
