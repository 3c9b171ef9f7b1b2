"""The page in Chromium: that its charts are there, that nothing runs over an edge, on a wide screen and on a phone, light
and dark, and that it neither fetches nor complains."""

import html
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from reporting import page, result
from tests import made_up

VIEWS = {"wide": (1200, "light"), "dark": (1200, "dark"), "phone": (390, "light"), "small": (320, "light")}

# The page runs no script, its own policy forbids it; so a page around it looks into it.
PROBE = """
function look(frame) {
  const page = frame.contentDocument, width = frame.clientWidth, problems = [];
  const say = (what, text) => problems.push(what + ": " + text.textContent.slice(0, 60));
  for (const details of page.querySelectorAll("details")) details.open = true;
  if (page.documentElement.scrollWidth > width) problems.push("the page is " + page.documentElement.scrollWidth + " px wide");
  for (const element of page.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (!element.closest(".scroll, svg") && (box.right > width + 1 || box.left < -1)) say("over the edge of the page", element);
  }
  for (const svg of page.querySelectorAll("svg:not(.defs)")) {
    const outer = svg.getBoundingClientRect(), names = [...svg.querySelectorAll("text")].map(text => [text, text.getBoundingClientRect()]);
    if (outer.width < 10 || outer.height < 8) say("no room for a chart", svg);
    for (const [text, box] of names) {
      if (box.left < outer.left - 1 || box.right > outer.right + 1 || box.top < outer.top - 1 || box.bottom > outer.bottom + 1)
        say("text over the edge of its chart", text);
      for (const [other, its] of names)
        if (other !== text && box.left < its.right && its.left < box.right && box.top < its.bottom - 2 && its.top < box.bottom - 2)
          say("text over text", text);
      const part = text.previousElementSibling;
      if (part && part.classList.contains("part")) {
        const room = part.getBoundingClientRect();
        if (box.left < room.left || box.right > room.right) say("text over the edge of its bar", text);
      }
      if (parseFloat(frame.contentWindow.getComputedStyle(text).fontSize) * (svg.viewBox.baseVal && svg.viewBox.baseVal.width
          ? outer.width / svg.viewBox.baseVal.width : 1) < 8) say("text too small", text);
    }
    for (const shape of svg.querySelectorAll(".marker, .bar, .dot")) {
      const box = shape.getBoundingClientRect();
      if (box.left < outer.left - 4 || box.right > outer.right + 4 || box.top < outer.top - 1 || box.bottom > outer.bottom + 1)
        say("a shape over the edge of its chart", svg);
    }
  }
  const ids = [...page.querySelectorAll("[id]")].map(element => element.id);
  for (const id of ids) if (ids.filter(other => other === id).length > 1) problems.push("twice: id " + id);
  for (const link of page.querySelectorAll("a"))
    if (!page.getElementById(decodeURIComponent(link.hash.slice(1)))) say("leads nowhere", link);
  for (const svg of page.querySelectorAll("svg[role=img]"))
    if (!svg.querySelector("title") || !svg.querySelector("title").textContent) say("no text alternative", svg);
  const count = selector => page.querySelectorAll(selector).length;
  return {problems: [...new Set(problems)], fetched: frame.contentWindow.performance.getEntriesByType("resource").map(one => one.name),
    bars: count("rect.bar"), dots: count(".dot"), curves: count("svg.plot polyline"), parts: count("rect.part"), hatched: count(".hatch"),
    bands: count(".band"), forest: count(".forest .marker"), tables: count("table"), scripts: count("script"),
    paper: frame.contentWindow.getComputedStyle(page.body).backgroundColor,
    hatch: frame.contentWindow.getComputedStyle(page.querySelector("#hatch line")).stroke};
}
addEventListener("load", () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) found[frame.name] = look(frame);
  document.body.textContent = "FOUND" + JSON.stringify(found) + "END";
});
"""


@unittest.skipUnless(shutil.which("chromium"), "needs chromium: apt-get install chromium")
class InChromium(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        report = html.escape(page.page(result.Result(made_up.result())))
        frames = "".join(
            f'<iframe name="{name}" style="width:{width}px;height:800px;border:0;color-scheme:{scheme}" srcdoc="{report}"></iframe>'
            for name, (width, scheme) in VIEWS.items()
        )
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "around.html"
            path.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{frames}<script>{PROBE}</script>", encoding="utf-8")
            done = subprocess.run(
                [shutil.which("chromium"), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={directory}/profile",
                 "--enable-logging=stderr", "--window-size=1300,900", "--dump-dom", path.as_uri()],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False, encoding="utf-8",
                env={"HOME": directory, "PATH": "/usr/bin:/bin"},
            )
        cls.console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        found = re.search("FOUND(.*)END", done.stdout, re.DOTALL)
        if not found:
            raise AssertionError(f"Chromium told nothing: {done.stdout[-500:]} {done.stderr[-2000:]}")
        cls.found = json.loads(html.unescape(found.group(1)))

    def test_every_kind_of_chart_is_there(self):
        for name, view in self.found.items():
            for what in ("bars", "dots", "curves", "parts", "hatched", "bands", "forest", "tables"):
                self.assertGreater(view[what], 3, f"{what}, {name}")

    def test_nothing_runs_over_an_edge_or_over_another_text(self):
        for name, view in self.found.items():
            self.assertEqual([], view["problems"], name)

    def test_the_console_is_empty(self):
        self.assertEqual([], self.console)

    def test_nothing_is_fetched_and_no_script_is_there(self):
        for view in self.found.values():
            self.assertEqual(([], 0), (view["fetched"], view["scripts"]))

    def test_it_follows_the_readers_choice_of_dark_or_light(self):
        self.assertNotEqual(self.found["wide"]["paper"], self.found["dark"]["paper"])
        self.assertNotEqual(self.found["wide"]["hatch"], self.found["dark"]["hatch"])


if __name__ == "__main__":
    unittest.main()
