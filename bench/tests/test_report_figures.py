"""That the rounds of a case come to the right figures, and these to the right words and places."""

import unittest

from reporting import figures, result, targets, words
from reporting.scales import Linear, Log, Places


def case(*rates, name="way", connections=16, **others):
    runs = [{"round": number, "rate": rate} | others for number, rate in enumerate(rates, 1)]
    return figures.Case(result.Way({"name": name}), connections, None, runs)


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

    def test_rest_before_the_runs_is_told_and_none_is_not(self):
        content = {"rounds": 5, "seconds": 1, "groups": []}
        self.assertEqual("5 rounds, 1 s each run", words.undertaking(result.Result(content | {"rest": 0})))
        self.assertEqual("5 rounds, 1 s each run, 4 s of rest before it", words.undertaking(result.Result(content | {"rest": 4.0})))

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


if __name__ == "__main__":
    unittest.main()
