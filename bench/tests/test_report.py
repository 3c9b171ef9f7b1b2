"""What the report says: that figures of rounds are put together rightly, and text from the result stays text."""

import contextlib
import io
import json
import re
import tempfile
import unittest
from pathlib import Path

import report
from reporting import figures, markdown, page, palette, result, targets, words
from reporting.scales import Linear, Log, Places
from tests import made_up


def case(*rates, name="way", connections=16, **others):
    runs = [{"round": number, "rate": rate} | others for number, rate in enumerate(rates, 1)]
    return figures.Case(result.Way({"name": name}), connections, None, runs)


def made(change=lambda content: None):
    content = made_up.result()
    change(content)
    result.check("made-up.json", content)
    return result.Result(content)


class Figures(unittest.TestCase):
    def test_a_ratio_is_made_of_runs_of_the_same_round(self):
        # Of medians it would be 100 / 100.
        ratio = figures.ratios(case(50, 100, 400), case(100, 50, 100))
        self.assertEqual((0.5, 2.0, 4.0), (ratio.low, ratio.middle, ratio.high))

    def test_a_round_that_only_one_side_has_is_in_no_ratio(self):
        self.assertEqual([2.0], figures.ratios(case(200, None, 500), case(100, 100)).values)

    def test_rounds_are_told_by_their_number_and_not_by_their_place(self):
        peer = case(100, 200)
        peer.runs.reverse()
        self.assertEqual([1.0, 1.0], figures.ratios(case(100, 200), peer).values)

    def test_no_common_round_makes_no_ratio(self):
        self.assertIsNone(figures.ratios(case(100), case(None)))

    def test_fewer_served_than_connections_is_starved_even_in_one_round(self):
        one = case(100, 100, served=16)
        self.assertTrue(one.fair)
        one.runs[1]["served"] = 4
        self.assertEqual((4, True, False), (one.served, one.starved, one.fair))

    def test_what_nobody_counted_is_not_starved(self):
        self.assertEqual((None, False), (case(100, served=None).served, case(100, served=None).starved))

    def test_most_answers_for_a_few_connections_is_uneven(self):
        # 54,522/s at 0.076 ms: 4 at a time.
        uneven = case(54522, connections=64, p50=0.076, p99=815, served=64)
        self.assertEqual(("uneven", "served about 4 of 64 connections at a time"), (uneven.unfair, uneven.uneven_text))
        self.assertTrue(case(33437, connections=64, p50=1.796, p99=5.7, served=64).fair)

    def test_latencies_that_merely_vary_are_not_uneven(self):
        self.assertTrue(case(1000, connections=64, p50=20, p99=190, served=64).fair)

    def test_errors_of_all_rounds_are_added_by_kind(self):
        self.assertEqual({"timeout": 6}, case(1, 1, errors={"timeout": 3, "read": 0}).errors)

    def test_a_case_is_noisy_from_a_spread_above_15_percent(self):
        self.assertFalse(case(100, 100, 114).noisy)
        self.assertTrue(case(100, 100, 116).noisy)

    def test_cpu_of_a_part_that_was_not_measured_is_missing_and_not_nothing(self):
        self.assertEqual({"web": 2}, case(1, cpu={"web": 2, "bridge": None}).cpu)


    def test_a_doubt_about_all_cases_is_told_once(self):
        self.assertEqual([(None, figures.SINGLE)], list(figures.doubts({1: case(1), 2: case(2)})))
        self.assertEqual([(1, figures.SINGLE)], list(figures.doubts({1: case(1), 2: case(2, 2)})))


class Scales(unittest.TestCase):
    def test_a_linear_axis_holds_all_values_with_few_ticks(self):
        for top in (0.0003, 0.99, 1, 1.01, 33, 107, 999, 31234, 5e6):
            scale = Linear(top)
            self.assertGreaterEqual(scale.top, top * 0.999999)
            self.assertLess(scale.top, top * 1.7)
            self.assertTrue(4 <= len(scale.ticks) <= 6, (top, scale.ticks))

    def test_a_logarithmic_axis_holds_all_values(self):
        for values in ([0.1, 4000], [3, 3.1], [5], [0, None, 7], []):
            scale = Log(values)
            for value in filter(None, values):
                self.assertTrue(scale.low <= value * 1.001 and value <= scale.high * 1.001, values)
            self.assertGreaterEqual(len(scale.ticks), 2)

    def test_nothing_has_a_place_on_a_logarithmic_axis(self):
        places = Places([0, 1, 5, 50], log=True)
        self.assertEqual(0.0, places.at(0))
        self.assertGreater(places.at(1), 0.1)
        self.assertEqual(1.0, places.at(50))
        self.assertIn(0, places.ticks)

    def test_a_single_value_has_a_place(self):
        self.assertEqual(0.5, Places([16], log=True).at(16))


class Words(unittest.TestCase):
    def test_figures_have_the_digits_that_mean_something(self):
        for value, text in ((0, "0"), (0.0412, "0.0412"), (4.125, "4.12"), (41.2, "41.2"), (41234, "41,234"), (None, "–")):
            self.assertEqual(text, words.rounded(value))

    def test_times_have_their_unit(self):
        self.assertEqual(["10 µs", "1 ms", "500 ms", "10 s"], [words.span_of_time(value) for value in (0.01, 1, 500, 10000)])

    def test_ids_of_different_texts_differ(self):
        self.assertNotEqual(words.identity("a b"), words.identity("a-b"))

    def test_a_target_is_said_in_its_unit(self):
        for what, value, text in (("rate", 1.31, "1.31 ×"), ("memory", 77.6 * 2**20, "77.6 MiB"), ("memory", 3.4, "3.40 MiB"), ("p99", 2.5, "2.50 ms"), ("cpu", 9.04, "9.04 µs"),
                                  ("start", 0.52, "0.52 s"), ("rate", None, "–")):
            self.assertEqual(text, targets.figure({"what": what, "peer": "peer" if what == "rate" else None}, value))


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.html = page.page(made())

    def test_text_of_the_result_is_never_markup(self):
        self.assertEqual((0, 0), (self.html.count("<script"), self.html.count('"quoted"</b>')))
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;&quot;quoted&quot;&lt;/b&gt; &#x27;name&#x27;", self.html)

    def test_every_text_of_the_result_is_escaped(self):
        def hostile(value):
            if isinstance(value, dict):
                return {key: value[key] if key in ("format", "kind", "sign", "what") else hostile(value[key]) for key in value}
            if isinstance(value, list):
                return [hostile(one) for one in value]
            return f"<x{value}\"'&" if isinstance(value, str) else value

        content = hostile(made_up.result(rounds=2))
        result.check("made-up.json", content)
        several = result.Result(content)
        self.assertEqual([], re.findall("<x.*", page.page(several)))
        self.assertEqual([], re.findall("<x.*", markdown.document(several)))

    def test_nothing_is_fetched_from_anywhere(self):
        found = re.findall(r"<(?:link|img|script|iframe|object|embed|image|use|base)\b|@import|url\((?!#hatch\))|(?:href|src)=\"(?!#)", self.html)
        self.assertEqual([], found)

    def test_a_starved_case_is_marked_in_the_chart(self):
        row = self.html.split("served 4 of 64 connections</span>")
        self.assertEqual(3, len(row))  # requests/s and CPU
        self.assertIn('class="bar grey"', row[1].split('class="row')[0])
        self.assertIn("<s title=", row[0].rpartition('class="row')[2])

    def test_an_uneven_case_is_marked_in_the_chart(self):
        row = self.html.split("served about 4 of 16 connections at a time</span>")
        self.assertEqual(3, len(row))
        self.assertIn('class="bar grey"', row[1].split('class="row')[0])
        self.assertIn("uneven: not comparable", self.html)

    def test_a_case_with_errors_is_marked_in_the_chart(self):
        row = self.html.split("690 errors (status, timeout)</span>")
        self.assertIn('class="bar grey"', row[1].split('class="row')[0])

    def test_a_case_that_did_its_work_is_not_grey(self):
        few = made(lambda content: content.update(
            runs=[run for run in content["runs"] if run["group"] == "cgi-sh"], groups=content["groups"][2:3], memory=[], starts=[]))
        self.assertNotIn("bar grey", page.page(few))

    def test_a_noisy_case_is_marked(self):
        noisy = made(lambda content: next(
            run for run in content["runs"] if run["group"] == "cgi-sh" and run["way"] == "fcgiwrap -c 8").update(rate=2000))
        self.assertEqual(self.html.count("noisy: spread") + 1, page.page(noisy).count("noisy: spread"))

    def test_a_way_that_never_ran_is_named_as_not_measured(self):
        self.assertIn("php-cgi, PHP_FCGI_CHILDREN=4: not measured", self.html)

    def test_an_empty_group_says_so(self):
        self.assertIn("Nothing was measured here.", self.html.split("An empty group</h3>")[1])

    def test_warnings_of_single_cases_are_kept_apart_and_none_is_lost(self):
        several = made(lambda content: content.update(warnings=["fastcgi-c, gatepool, kept, c16: noisy", "php: php-fpm is left out"]))
        html = page.page(several)
        self.assertLess(html.index("php: php-fpm is left out"), html.index("1 about single cases"))
        self.assertLess(html.index("1 about single cases"), html.index("fastcgi-c, gatepool, kept, c16: noisy"))

    def test_targets_are_counted_and_the_missed_ones_told(self):
        self.assertIn("6 of 8 targets met, 1 missed, 1 not measured.", self.html)
        self.assertIn('<tr class="missed">', self.html)

    def test_a_target_that_rests_on_a_starved_case_says_so(self):
        several = made(lambda content: [content["targets"][at].update(peer="multiwatch, kept") for at in (0, 1)])
        self.assertIn("CAREFUL: multiwatch, kept served about 4 of 16 connections at a time", page.page(several))
        self.assertIn("CAREFUL: multiwatch, kept starved clients", page.page(several))
        self.assertNotIn("CAREFUL", self.html)

    def test_a_result_without_anything_still_makes_a_page(self):
        empty = result.Result({"groups": []})
        self.assertIn("Nothing was measured.", page.page(empty))
        self.assertEqual("\n", markdown.document(empty))

    def test_no_two_servers_of_a_group_have_the_same_colour_and_gatepool_has_its_own(self):
        several = made()
        numbers = palette.assign(several)
        self.assertEqual(["gatepool"], [server for server, number in numbers.items() if palette.colour(number) == 0])
        self.assertEqual(len(numbers), len(set(numbers.values())))
        for group in several.groups:
            servers = {way.server for way in group.ways}
            self.assertEqual(len(servers), len({palette.colour(numbers[server]) for server in servers}), group.id)


class Markdown(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = markdown.document(made())

    def test_each_table_has_as_many_cells_in_each_row(self):
        tables = [block for block in self.text.split("\n\n") if block.startswith("|")]
        self.assertGreater(len(tables), 10)
        for block in tables:
            counted = {line.replace("\\|", "").count("|") for line in block.rstrip().split("\n")}
            self.assertEqual(1, len(counted), block[:400])

    def test_a_row_has_the_figures_of_its_case(self):
        content = {"groups": [{"id": "g", "ways": [{"name": "gatepool", "own": True, "peers": ["peer"]}, {"name": "peer"}]}],
                   "runs": [{"group": "g", "way": way, "round": number, "connections": 16, "rate": rate, "p50": 1.5,
                             "p99": 2.5, "max": 9 + number, "served": served, "errors": {"timeout": errors},
                             "cpu": {"web": 10.04, "bridge": 9, "workers": None, "load": 3}}
                            for way, rates, served, errors in (("gatepool", (3000, 4000), 16, 0), ("peer", (1000, 2000), 4, 2))
                            for number, rate in enumerate(rates, 1)]}
        text = markdown.document(result.Result(content))
        self.assertIn("| gatepool | 16 | 3,000 | 3,500 | 4,000 | 1.50 | 2.50 | 11.0 | 0 | 16 of 16 | 10.0 | 9.0 | – | 3.0 |  |", text)
        self.assertIn("| peer | 16 | 1,000 | 1,500 | 2,000 | 1.50 | 2.50 | 11.0 | 4 timeout | 4 of 16, starved | 10.0 | 9.0 | – | 3.0 "
                      "| 2.50 × (2.00–3.00), not comparable |", text)

    def test_names_do_not_break_the_table(self):
        self.assertIn("| &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;\"quoted\"&lt;/b&gt; 'name' \\| \\`pipe\\` | 16 |", self.text)

    def test_missed_targets_are_told(self):
        self.assertIn("| PHP hello against php-fpm static 4 | at least 1.25 × | 1.16 × | missed |", self.text)


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
