"""The form of a result: what bench/report.py reads."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import mixed
import slow_clients
from all import measure
from measure import cases, figures, ways
from measure.load import Run
from measure.result import Result, version


def sample(rate=100, served=16, connections=16, status=0):
    meter = SimpleNamespace(cpu={"web": 0.1, "bridge": 0.2, "workers": 0.3}, wall=1.0, own=0.0, busy=0.7, steal=0.0)
    run = Run(1.0, rate, rate * 10, 0, 0, 0, status, 0, 0.1, 0.2, 0.3, 0.4, cpu=0.1, served=served)
    return figures.Sample(run, meter, 0, connections)


class TheResult(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.path = Path(self.directory.name) / "new/short.json"
        options = SimpleNamespace(json=self.path, full=False, rounds=5, seconds=1, rest=0)
        self.result = Result(options, Path("/nowhere"))
        self.group = next(group for group in cases.GROUPS if group.id == "fastcgi-c")

    def written(self):
        self.result.write()
        return json.loads(self.path.read_text())

    def test_has_every_run_with_its_cpu_and_errors(self):
        self.result.run(self.group, self.group.ways[0], 1, self.group.points[0], sample(rate=1000))
        self.result.group(self.group, self.group.ways)
        (run,) = self.written()["runs"]
        self.assertEqual((run["group"], run["way"], run["round"], run["connections"]), ("fastcgi-c", "gatepool, kept", 1, 4))
        self.assertEqual(run["cpu"], {"web": 100.0, "bridge": 200.0, "workers": 300.0, "load": 100.0})
        self.assertEqual(run["errors"], {"connect": 0, "read": 0, "write": 0, "status": 0, "timeout": 0})
        self.assertEqual(run["served"], 16)

    def test_of_the_scripts_with_a_form_of_their_own_has_every_run(self):
        samples = {("paced", 16): [sample(rate=10), sample(rate=20)], ("paced", 1): [sample(rate=30)]}
        runs = json.loads(json.dumps(mixed.every_run(samples)))
        self.assertEqual([(run["multiplex"], run["round"], run["rate"]) for run in runs], [(16, 1, 10), (16, 2, 20), (1, 1, 30)])
        (run,) = slow_clients.every_run({("nginx", "GET", True): [sample(rate=10)]})
        self.assertEqual((run["front"], run["load"], run["slow_clients"], run["p99"]), ("nginx", "GET", True, 0.3))

    def test_has_no_peers_that_were_left_out(self):
        self.result.group(self.group, self.group.ways[:3])
        (group,) = self.written()["groups"]
        self.assertEqual([way["name"] for way in group["ways"]], [way.name for way in self.group.ways[:3]])
        self.assertEqual(group["ways"][0]["peers"], ["multiwatch, not kept"])

    def test_after_a_wrong_answer_has_nothing_of_that_group(self):
        other = cases.GROUPS[0]
        self.result.run(other, other.ways[0], 1, other.points[0], sample())
        self.result.group(other, other.ways)
        self.result.run(self.group, self.group.ways[0], 1, self.group.points[0], sample())
        self.result.keep_finished("STOPPED: so")
        content = self.written()
        self.assertEqual([run["group"] for run in content["runs"]], [other.id])
        self.assertIn("STOPPED: so", content["warnings"])

    def test_is_written_after_each_group_so_that_no_end_takes_what_was_finished(self):
        def measured(group, options, applications, result):
            if group.id == self.group.id:
                raise KeyError("a bug")
            result.run(group, group.ways[0], 1, group.points[0], sample())
            result.group(group, group.ways[:1])
            return group.ways[:1], {(point, group.ways[0].name): [sample()] for point in group.points}

        options = SimpleNamespace(groups=[cases.GROUPS[0], self.group])
        quiet = contextlib.redirect_stdout(io.StringIO())
        with mock.patch.object(ways, "measure_group", measured), self.assertRaises(KeyError), quiet:
            measure(options, self.result, None)
        self.assertEqual([run["group"] for run in json.loads(self.path.read_text())["runs"]], [cases.GROUPS[0].id])

    def test_says_the_same_warning_once(self):
        self.result.warn("noise")
        self.result.warn("noise")
        self.assertEqual(self.written()["warnings"], ["noise"])


class Versions(unittest.TestCase):
    def test_are_found_in_what_programs_say(self):
        for line, expected in {
            "nginx version: nginx/1.22.1": "1.22.1",
            'openjdk version "17.0.15" 2025-04-15': "17.0.15",
            "PHP 8.2.29 (cgi-fcgi) (built: Jul  3 2025)": "8.2.29",
            "gatepool 1.0.0-SNAPSHOT": "1.0.0-SNAPSHOT",
            "no php-cgi": None,
        }.items():
            self.assertEqual(version(line), expected)


class Doubts(unittest.TestCase):
    def test_none_for_steady_runs_that_served_all(self):
        self.assertEqual(list(figures.doubts([sample(100), sample(105), sample(98)])), [])

    def test_a_case_that_spreads(self):
        self.assertIn("spread over 40%", next(figures.doubts([sample(100), sample(120), sample(80)])))

    def test_a_case_that_starves_clients(self):
        doubts = list(figures.doubts([sample(served=16), sample(served=4)]))
        self.assertEqual(len(doubts), 1)
        self.assertIn("4 of 16 connections", doubts[0])

    def test_requests_that_failed(self):
        self.assertIn("round 2: 7 not 2xx", list(figures.doubts([sample(), sample(status=7)]))[0])

    def test_a_table_without_the_peers_that_are_missing(self):
        way = cases.Way("own", "gatepool", "", None, ("gone",))
        point = cases.Point(16)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            figures.table("title", [way], [("c16", point)], {(point, "own"): [sample()]})
        self.assertNotIn("gone", printed.getvalue())


if __name__ == "__main__":
    unittest.main()
