"""Ratios and verdicts, from results that are written by hand."""

import unittest

from measure import targets
from measure.targets import FASTEST, MIB, Target


def run(way, number, rate=1.0, p99=1.0, connections=16, x=None, group="g", bridge=1.0):
    return {
        "group": group,
        "way": way,
        "round": number,
        "connections": connections,
        "x": x,
        "rate": rate,
        "p99": p99,
        "cpu": {"bridge": bridge},
    }


def result(runs=(), memory=(), starts=(), peers=("a", "b")):
    ways = [{"name": "own", "peers": list(peers)}, *({"name": name, "peers": []} for name in peers)]
    return {"form": "full", "groups": [{"id": "g", "ways": ways}], "runs": list(runs), "memory": list(memory), "starts": list(starts)}


def only(found, **target):
    values = {"row": "r", "group": "g", "way": "own", "what": "rate", "sign": ">=", "limit": 1.0, "connections": (16,)} | target
    verdicts = list(targets.judge(found, [Target(**values)]))
    assert len(verdicts) == 1, verdicts
    return verdicts[0]


class Ratios(unittest.TestCase):
    def test_are_taken_within_a_round_and_then_their_median(self):
        runs = [run("own", 1, 10), run("a", 1, 5), run("own", 2, 30), run("a", 2, 10), run("own", 3, 2), run("a", 3, 2)]
        # The ratio of the medians would be 10 / 5 as well; of the means 14 / 5.7.
        self.assertEqual(sorted(targets.ratios(runs, "rate", ("own", 16, None), ("a", 16, None))), [1, 2, 3])
        self.assertEqual(only(result(runs), peer="a")["value"], 2)

    def test_leave_out_a_round_that_only_one_of_them_has(self):
        runs = [run("own", 1, 10), run("own", 2, 30), run("a", 2, 10)]
        self.assertEqual(targets.ratios(runs, "rate", ("own", 16, None), ("a", 16, None)), [3])

    def test_do_not_mix_connections_or_places_of_an_axis(self):
        runs = [run("own", 1, 10), run("a", 1, 5), run("a", 1, 1, connections=4), run("a", 1, 1, x=3)]
        self.assertEqual(targets.ratios(runs, "rate", ("own", 16, None), ("a", 16, None)), [2])


class Verdicts(unittest.TestCase):
    def test_at_least(self):
        runs = [run("own", 1, 12), run("a", 1, 10)]
        self.assertTrue(only(result(runs), peer="a", limit=1.2)["met"])
        self.assertFalse(only(result(runs), peer="a", limit=1.25)["met"])

    def test_at_most(self):
        runs = [run("own", 1, p99=12.0), run("a", 1, p99=10.0)]
        self.assertTrue(only(result(runs), peer="a", what="p99", sign="<=", limit=1.3)["met"])
        self.assertFalse(only(result(runs), peer="a", what="p99", sign="<=", limit=1.1)["met"])

    def test_fastest_is_who_was_it_in_each_round(self):
        runs = [run("own", 1, 10), run("a", 1, 5), run("b", 1, 10), run("own", 2, 10), run("a", 2, 8), run("b", 2, 1)]
        self.assertAlmostEqual(only(result(runs), peer=FASTEST)["value"], (1.0 + 1.25) / 2)

    def test_fastest_of_those_that_are_there(self):
        runs = [run("own", 1, 10), run("a", 1, 5)]
        self.assertEqual(only(result(runs), peer=FASTEST)["value"], 2)

    def test_a_peer_may_be_looked_at_with_other_connections(self):
        runs = [run("own", 1, 9), run("a", 1, 1), run("a", 1, 10, connections=4)]
        self.assertEqual(only(result(runs), peer="a", peer_connections=4)["value"], 0.9)

    def test_the_same_way_at_another_place_of_the_axis(self):
        runs = [run("own", 1, p99=2.0, x=0), run("own", 1, p99=3.0, x=5000)]
        self.assertEqual(only(result(runs), what="p99", sign="<=", limit=1.5, x=5000, peer_x=0)["value"], 1.5)

    def test_without_a_peer_the_median_of_the_figure_itself(self):
        runs = [run("own", number, bridge=cpu) for number, cpu in enumerate((9.0, 30.0, 10.0))]
        self.assertEqual(only(result(runs), what="cpu", sign="<=", limit=12)["value"], 10.0)

    def test_what_was_not_measured_is_neither_met_nor_missed(self):
        verdict = only(result([run("own", 1, 10)]), peer="a")
        self.assertIsNone(verdict["value"])
        self.assertIsNone(verdict["met"])
        self.assertIn("not measured", targets.line(verdict))

    def test_the_short_form_says_nothing_of_what_it_does_not_measure(self):
        found = result([run("own", 1, 10)]) | {"form": "short"}
        self.assertEqual(list(targets.judge(found, [Target("r", "g", "own", "rate", ">=", 1.0, "a", (16,))])), [])

    def test_groups_that_were_not_measured_have_none(self):
        self.assertEqual(list(targets.judge(result(), [Target("r", "other", "own", "rate", ">=", 1.0)])), [])

    def test_memory_in_mib(self):
        memory = [{"group": "g", "way": "own", "state": state, "pss": {"bridge": size * MIB}} for state, size in (("idle", 70), ("loaded", 90))]
        found = only(result(memory=memory), what="memory", sign="<=", limit=80, state="idle", connections=(None,))
        self.assertEqual((found["value"], found["met"]), (70, True))

    def test_memory_of_one_process_more_than_a_peers(self):
        memory = [{"group": "g", "way": way, "state": "loaded", "pss": {"workers": size * MIB}} for way, size in (("own", 48), ("a", 40))]
        found = only(result(memory=memory), what="memory", sign="<=", limit=3, state="loaded", component="workers", each=4, peer="a")
        self.assertEqual(found["value"], 2)

    def test_start(self):
        starts = [{"group": "g", "way": "own", "round": number, "seconds": value} for number, value in enumerate((0.5, 0.7, 0.55))]
        self.assertEqual(only(result(starts=starts), what="start", sign="<=", limit=0.6)["value"], 0.55)


if __name__ == "__main__":
    unittest.main()
