"""What report.py says of files that it cannot report on, and of those that it can."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import report
from reporting import markdown, page, result
from tests import made_up


class BadInput(unittest.TestCase):
    def run_with(self, text):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "result.json"
            if text is not None:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
            err = io.StringIO()
            with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
                status = report.main([str(path)])
            return status, err.getvalue().replace(str(path), "FILE")

    def refused(self, text, *expected):
        status, err = self.run_with(text if isinstance(text, (str, bytes, type(None))) else json.dumps(text))
        self.assertEqual(2, status, err)
        for words_of_it in ("report.py: FILE: ", *expected):
            self.assertIn(words_of_it, err)

    def test_what_cannot_be_read_is_refused(self):
        self.refused(None, "No such file")
        self.refused(b"\xff\xfe", "not UTF-8")
        self.refused('{"format": "gatepool-bench 1", "gro', "not JSON", "cut off")
        self.refused([], 'no "format"')

    def test_an_unknown_version_is_refused(self):
        self.refused({"format": "gatepool-bench 2", "groups": []}, '"gatepool-bench 2"', 'reads only "gatepool-bench 1"', "write it anew")

    def test_what_is_missing_is_named(self):
        def changed(change):
            content = made_up.result(rounds=1)
            change(content)
            return content

        for change, expected in (
            (lambda content: content.pop("groups"), 'no list "groups"'),
            (lambda content: content["groups"][1].pop("id"), 'groups[1] has no "id"'),
            (lambda content: content["groups"][1]["ways"][0].pop("name"), 'groups[1].ways[0] has no "name"'),
            (lambda content: content["groups"].append(content["groups"][0]), 'a second group with the id "fastcgi-c"'),
            (lambda content: content["groups"][0]["ways"].append(content["groups"][0]["ways"][0]), "the same name"),
            (lambda content: content["groups"][0].update(kind="pie"), 'its kind is "pie"'),
            (lambda content: content["groups"][0]["ways"][0].update(peers=["nobody"]), 'the peer "nobody"'),
            (lambda content: content["runs"][3].update(group="nowhere"), 'runs[3] is of the group "nowhere"'),
            (lambda content: content["runs"][3].update(way="noone"), 'runs[3] is of the way "noone"'),
            (lambda content: content["runs"][3].update(rate="fast"), 'runs[3]: "rate" is "fast"'),
            (lambda content: content["runs"][3]["cpu"].update(web=float("nan")), 'runs[3]: "cpu.web" is NaN'),
            (lambda content: content["runs"][3].update(p99=-1), 'runs[3]: "p99" is -1'),
            (lambda content: content["memory"][0].update(pss=[]), "memory[0]"),
            (lambda content: content["machine"].update(versions=["1.0"]), '"versions" in it'),
            (lambda content: content["groups"][4].update(axis="x"), "groups[4]: its axis"),
            (lambda content: content.update(starts=[7]), "starts[0] is no object"),
            (lambda content: content["targets"][0].pop("row"), 'targets[0] has no "row"'),
        ):
            with self.subTest(expected):
                self.refused(changed(change), expected)

    def test_figures_that_were_not_measured_are_no_reason_to_refuse(self):
        few = made_up.result(rounds=1)
        for name in ("connections", "x", "rate", "p50", "p99", "max", "errors", "served", "cpu", "pss", "seconds", "limit", "value"):
            for gone in ({}, {name: {} if name in ("errors", "cpu", "pss") else 0}):
                content = {**few}
                for what in ("runs", "memory", "starts", "targets"):
                    content[what] = [{key: one[key] for key in one if key != name} | gone for one in few[what]]
                with self.subTest(f"{name}: {gone}"):
                    result.check("made-up.json", content)
                    page.page(result.Result(content))
                    markdown.document(result.Result(content))

    def test_a_good_file_is_reported_on(self):
        status, err = self.run_with(json.dumps(made_up.result(rounds=1)))
        self.assertEqual(0, status)
        self.assertRegex(err, r"^The report is in .*result\.html\nThe report is in .*result\.md\n$")

    def test_where_nothing_can_be_written_it_says_so(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "result.json"
            path.write_text(json.dumps(made_up.result(rounds=1)))
            err = io.StringIO()
            with contextlib.redirect_stderr(err):
                self.assertEqual(2, report.main([str(path), "--html", f"{directory}/none/result.html"]))
            self.assertIn("none/result.html: No such file or directory; name a file", err.getvalue())


if __name__ == "__main__":
    unittest.main()
