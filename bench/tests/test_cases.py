"""That the data of the cases and the targets fits together."""

import unittest

from measure import cases, starts, targets

GROUPS = cases.GROUPS + starts.GROUPS


class Cases(unittest.TestCase):
    def test_names_are_unique(self):
        ids = [group.id for group in GROUPS]
        self.assertEqual(len(ids), len(set(ids)))
        for group in GROUPS:
            names = [way.name for way in group.ways]
            self.assertEqual(len(names), len(set(names)), group.id)

    def test_peers_are_ways_of_the_group(self):
        for group in GROUPS:
            names = {way.name for way in group.ways}
            for way in group.ways:
                self.assertLessEqual(set(way.peers) - names, set(), group.id)

    def test_growth_has_an_axis_and_nobody_else_an_x(self):
        for group in cases.GROUPS:
            self.assertEqual(group.kind == "growth", group.axis is not None, group.id)
            for point in group.points:
                self.assertEqual(group.kind == "growth", point.x is not None, group.id)

    def test_short_form_keeps_the_peers_of_its_ways_or_has_others(self):
        for group in filter(None, (group.chosen(False) for group in GROUPS)):
            names = {way.name for way in group.ways}
            for way in group.ways:
                if way.peers:
                    self.assertTrue(set(way.peers) & names, f"{group.id}, {way.name}")

    def test_targets_name_ways_that_there_are(self):
        groups = {group.id: group for group in GROUPS}
        for target in targets.TARGETS:
            names = {way.name for way in groups[target.group].ways} | {"gatepool, JDK 17", targets.FASTEST, None}
            self.assertIn(target.way, names, target.row)
            self.assertIn(target.peer, names, target.row)

    def test_every_server_over_http_that_the_issues_name_has_a_target(self):
        group = next(group for group in GROUPS if group.id == "wsgi-http")
        servers = {way.name for way in group.ways} - {"gatepool", "gunicorn gevent"}
        self.assertEqual({target.peer for target in targets.TARGETS if target.group == group.id}, servers)

    def test_the_memory_of_the_daemon_is_judged_in_megabytes(self):
        def met(mib):
            entry = {"group": "start-fastcgi", "way": "gatepool, JDK 17", "state": "idle", "pss": {"bridge": mib * targets.MIB}}
            result = {"form": "full", "groups": [{"id": "start-fastcgi"}], "memory": [entry], "starts": [], "runs": []}
            idle = [target for target in targets.TARGETS if target.row == "Memory of the idle daemon"]
            return next(targets.judge(result, idle))["met"]

        self.assertTrue(met(76.2))
        self.assertFalse(met(76.4))

    def test_targets_name_loads_that_there_are(self):
        groups = {group.id: group for group in cases.GROUPS}
        for target in targets.TARGETS:
            if target.group in groups and target.what in ("rate", "p99", "cpu"):
                points = {(point.connections, point.x) for point in groups[target.group].points}
                for connections in target.connections:
                    self.assertIn((connections, target.x), points, target.row)
                    other = target.peer_x if target.peer_x is not None else target.x
                    self.assertIn((target.peer_connections or connections, other), points, target.row)

    def test_groups_are_named_by_the_words_that_their_names_begin_with(self):
        def of(*words):
            return [group.id for group in cases.named(GROUPS, words)]

        self.assertEqual(of("cgi"), ["cgi-c", "cgi-sh", "cgi-perl", "cgi-python"])
        self.assertEqual(of("php"), ["php", "php-apache"])
        self.assertEqual(of("fastcgi-c", "cgi-c"), ["cgi-c", "fastcgi-c"])
        self.assertEqual(of("cgi-"), [])


if __name__ == "__main__":
    unittest.main()
