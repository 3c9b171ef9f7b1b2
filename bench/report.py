#!/usr/bin/python3
"""The report on a benchmark: a page of charts and Markdown tables, from the file that holds every single run.

    python3 bench/report.py target/bench/full.json

makes full.html and full.md beside it.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from reporting import markdown, page, result  # noqa: E402


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", help="what a benchmark wrote (JSON)")
    parser.add_argument("--html", metavar="FILE", help="write only the page, here")
    parser.add_argument("--markdown", metavar="FILE", help="write only the tables, here; - is stdout")
    options = parser.parse_args(arguments)
    try:
        found = result.read(options.result)
    except result.Unreadable as problem:
        print(f"report.py: {problem}", file=sys.stderr)
        return 2
    if not options.html and not options.markdown:
        beside = options.result[:-5] if options.result.endswith(".json") else options.result
        options.html, options.markdown = beside + ".html", beside + ".md"
    for path, make in ((options.html, page.page), (options.markdown, markdown.document)):
        if path == "-":
            sys.stdout.write(make(found))
        elif path:
            try:
                Path(path).write_text(make(found), encoding="utf-8")
            except OSError as problem:
                print(f"report.py: {path}: {problem.strerror}; name a file that you may write", file=sys.stderr)
                return 2
            print(f"The report is in {path}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
