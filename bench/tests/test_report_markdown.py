"""The same result as tables in Markdown."""

import unittest

from reporting import markdown, result
from tests import made_up


class Markdown(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = markdown.document(made_up.checked())

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


if __name__ == "__main__":
    unittest.main()
