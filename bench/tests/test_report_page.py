"""What the page says, that it marks what must be marked, and that text from the result stays text."""

import re
import unittest

from reporting import markdown, page, palette, result
from tests import made_up


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.html = page.page(made_up.checked())

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
        few = made_up.checked(lambda content: content.update(
            runs=[run for run in content["runs"] if run["group"] == "cgi-sh"], groups=content["groups"][2:3], memory=[], starts=[]))
        self.assertNotIn("bar grey", page.page(few))

    def test_a_noisy_case_is_marked(self):
        noisy = made_up.checked(lambda content: next(
            run for run in content["runs"] if run["group"] == "cgi-sh" and run["way"] == "fcgiwrap -c 8").update(rate=2000))
        self.assertEqual(self.html.count("noisy: spread") + 1, page.page(noisy).count("noisy: spread"))

    def test_a_way_that_never_ran_is_named_as_not_measured(self):
        self.assertIn("php-cgi, PHP_FCGI_CHILDREN=4: not measured", self.html)

    def test_an_empty_group_says_so(self):
        self.assertIn("Nothing was measured here.", self.html.split("An empty group</h3>")[1])

    def test_warnings_of_single_cases_are_kept_apart_and_none_is_lost(self):
        several = made_up.checked(lambda content: content.update(warnings=["fastcgi-c, gatepool, kept, c16: noisy", "php: php-fpm is left out"]))
        html = page.page(several)
        self.assertLess(html.index("php: php-fpm is left out"), html.index("1 about single cases"))
        self.assertLess(html.index("1 about single cases"), html.index("fastcgi-c, gatepool, kept, c16: noisy"))

    def test_targets_are_counted_and_the_missed_ones_told(self):
        self.assertIn("6 of 8 targets met, 1 missed, 1 not measured.", self.html)
        self.assertIn('<tr class="missed">', self.html)

    def test_a_target_that_rests_on_a_starved_case_says_so(self):
        several = made_up.checked(lambda content: [content["targets"][at].update(peer="multiwatch, kept") for at in (0, 1)])
        self.assertIn("CAREFUL: multiwatch, kept served about 4 of 16 connections at a time", page.page(several))
        self.assertIn("CAREFUL: multiwatch, kept starved clients", page.page(several))
        self.assertNotIn("CAREFUL", self.html)

    def test_a_result_without_anything_still_makes_a_page(self):
        empty = result.Result({"groups": []})
        self.assertIn("Nothing was measured.", page.page(empty))
        self.assertEqual("\n", markdown.document(empty))

    def test_no_two_servers_of_a_group_have_the_same_colour_and_gatepool_has_its_own(self):
        several = made_up.checked()
        numbers = palette.assign(several)
        self.assertEqual(["gatepool"], [server for server, number in numbers.items() if palette.colour(number) == 0])
        self.assertEqual(len(numbers), len(set(numbers.values())))
        for group in several.groups:
            servers = {way.server for way in group.ways}
            self.assertEqual(len(servers), len({palette.colour(numbers[server]) for server in servers}), group.id)


if __name__ == "__main__":
    unittest.main()
