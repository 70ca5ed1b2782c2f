"""From the key press to the last change in the picture, in Chromium, against the baseline in the same run.

    python tests/benchmarks/latency.py [--base URL] [--presses 9] [--rounds 3] [--main] [page …]
    python tests/benchmarks/latency.py --cold [--repeats 3] [page …]

The controls are found on the page: every keyed widget of the lesson that a key can change, those in menus too. A main
view is measured in several rounds, in which the baseline and the page each have a browser of their own: a page in
another tab takes its time as well. Every press asks for a value not asked for before, as far as the control reaches.
"Picture" is every chart, canvas and component; a control that changes no picture is timed by the words on the page. A
section's controls, and the main view's quickest picture control with that section open, are measured with that section
alone open; presses there and on the baseline alternate.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from harness import PAGES, Visitor, chromium, healthy, serve, table

# Notes when anything visible last changed. `pictures` are SVG and canvas, also inside the shadow root of a
# component; a canvas is watched through its context, which every drawing goes through.
WATCH = """() => {
  const seen = window.__seen = {press: 0, picture: 0, words: 0};
  // An attribute only counts if it can be seen: Streamlit also stamps its own bookkeeping on elements.
  const skip = new Set(['data-stale', 'data-test-script-state', 'aria-busy', 'id', 'tabindex', 'data-focused']);
  const note = node => {
    const at = performance.now();
    const element = node.nodeType === 1 ? node : node.parentElement;
    if (!element) { if (node.host) seen.picture = at; return; }
    const root = element.getRootNode();
    if (root !== document || element.closest('svg.marks, canvas, [data-testid=stVegaLiteChart]'))
      seen.picture = at;
    else if (element.closest('[data-testid=stMain]')
             && !element.closest('[data-testid=stStatusWidget], [data-testid=stToolbar], [data-testid=stHeader]'))
      seen.words = at;
  };
  const watch = root => new MutationObserver(records => {
    for (const r of records)
      if (r.type !== 'attributes' || !skip.has(r.attributeName)) note(r.target);
  }).observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
  watch(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options); watch(root); return root;
  };
  for (const kind of ['CanvasRenderingContext2D', 'WebGLRenderingContext', 'WebGL2RenderingContext']) {
    const own = window[kind]?.prototype; if (!own) continue;
    for (const name of ['clearRect', 'fillRect', 'putImageData', 'drawImage', 'stroke', 'fill', 'drawArrays']) {
      const draw = own[name]; if (!draw) continue;
      own[name] = function (...all) { seen.picture = performance.now(); return draw.apply(this, all); };
    }
  }
  const pressed = event => { if (event.isTrusted && event.key !== 'Tab') seen.press = event.timeStamp; };
  window.addEventListener('keydown', pressed, true);
}"""
# A control: its element, how a key changes it, and whether it stands inside an expander.
FIND = """lesson => {
  const controls = [];
  for (const box of document.querySelectorAll(`[class*="st-key-${lesson}_"], [data-testid=stMain] .stSlider`)) {
    const own = [...box.classList].find(c => c.startsWith('st-key-'))?.slice(7);
    if (!own && lesson !== '-') continue;  // only the baseline has a slider without a key
    const key = own ?? 'k';
    if (controls.some(c => c.key === key)) continue;
    const kinds = {
      slider: 'input[type=range], [role=slider]', number: '[data-testid=stNumberInput] input',
      toggle: '[data-testid=stCheckbox] input', radio: '[data-testid=stRadio] input',
      segments: '[data-testid=stButtonGroup] button', list: '[data-testid=stSelectbox] input',
    };
    for (const [kind, selector] of Object.entries(kinds)) {
      const first = box.querySelector(selector);
      const inside = first?.closest('[class*="st-key-"]');
      if (!first || first.disabled || !first.getClientRects().length && kind !== 'toggle') continue;
      if (inside && inside !== box && box.contains(inside) && inside !== first) continue;
      controls.push({key, kind, selector, section: !!box.closest('[data-testid=stExpander]')});
      break;
    }
  }
  // A toggle may take a control away, a list chooses other data, which may take several: they come last.
  const rank = c => ['toggle', 'list'].indexOf(c.kind);
  return controls.sort((a, b) => rank(a) - rank(b));
}"""
SECTIONS = """lesson => [...document.querySelectorAll('[data-testid=stExpander]')].map(e =>
  [...(e.closest('[class*="st-key-"]')?.classList ?? [])].find(c => c.startsWith(`st-key-${lesson}_`))?.slice(7))
  .filter(Boolean)"""
# Menus of the main view: not those that give a link or data away.
MENUS = (
    "[data-testid=stMain] [data-testid=stPopover]:not(.st-key-nav *):not([class*='_take'] *)"
    ":not([data-testid=stExpander] *) [data-testid=stPopoverButton]"
)
QUIET = 350  # ms without a change after which the answer is complete
LONG = 8_000  # ms after which a control is said to start long work


class Control:
    """One control on one page, and the keys that change it."""

    def __init__(self, page: Any, found: dict[str, Any]) -> None:
        self.page = page
        self.key, self.kind, self.section = found["key"], found["kind"], found["section"]
        box = page.locator(f".st-key-{self.key}") if page.locator(f".st-key-{self.key}").count() else page
        self.inputs = box.locator(found["selector"])
        self.up = True
        self.turn = 0

    def press(self) -> tuple[float, str] | None:
        """Press once; give the milliseconds to the last change and where it was, or None if nothing changed."""
        ready = self._ready()
        self.page.evaluate("Object.assign(window.__seen, {press: 0, picture: 0, words: 0})")
        self.page.keyboard.press(ready)
        deadline = time.perf_counter() + LONG / 1000
        while time.perf_counter() < deadline:
            self.page.wait_for_timeout(60)
            seen = self.page.evaluate("""() => ({...window.__seen, now: performance.now(), running:
              document.querySelector('[data-testid=stApp]').dataset.testScriptState !== 'notRunning'
              || !!document.querySelector('[data-stale=true]')})""")
            last = max(seen["press"], seen["picture"], seen["words"])
            if not seen["running"] and seen["now"] - last > QUIET and seen["press"]:
                break
        else:
            return LONG, "long"
        where = "picture" if seen["picture"] > seen["press"] else "words"
        return (seen[where] - seen["press"], where) if seen[where] > seen["press"] else None

    def _ready(self) -> str:
        """Put the focus where one key press changes the value, and name the key."""
        if self.kind in ("slider", "number"):
            box = self.inputs.first
            box.focus()
            value, low, high = box.evaluate(
                "e => [Number(e.value), Number(e.min || '-1e9'), Number(e.max || '1e9')]"
            )
            self.up = (self.up or value <= low) and value < high
            if self.kind == "slider":
                return "ArrowRight" if self.up else "ArrowLeft"
            return "ArrowUp" if self.up else "ArrowDown"
        if self.kind == "toggle":
            self.inputs.first.focus()
            return "Space"
        if self.kind == "radio":
            self.inputs.locator("xpath=self::*[@checked]").or_(self.inputs).first.focus()
            return "ArrowDown"
        if self.kind == "segments":
            self.turn = (self.turn + 1) % self.inputs.count()
            option = self.inputs.nth(self.turn)
            if (option.get_attribute("aria-checked") or option.get_attribute("aria-pressed")) == "true":
                option = self.inputs.nth((self.turn + 1) % self.inputs.count())
            option.focus()
            return "Enter"
        self.inputs.first.focus()
        options = self.page.locator("[role=listbox] [role=option]")
        self.page.keyboard.press("ArrowDown")
        options.first.wait_for()
        self.turn = (self.turn + 1) % max(options.count(), 1)
        self.page.keyboard.press(
            "Home"
        )  # from where one is, the end of the list would be chosen again and again
        for _ in range(self.turn):
            self.page.keyboard.press("ArrowDown")
        return "Enter"


def opened(browser: Any, address: str, stem: str, **params: object) -> Visitor:
    """Open a page with the watch in place."""
    visitor = Visitor(browser, address, viewport={"width": 1366, "height": 900})
    visitor.context.add_init_script(f"({WATCH})()")
    visitor.open(stem, **params)
    return visitor


def measured(control: Control, yardstick: Control, presses: int) -> list[object] | None:
    """Press the control and the yardstick in turn; give a row of the table."""
    ours: list[float] = []
    bases: list[float] = []
    where = "words"
    for turn in range(presses + 2):
        one, base = control.press(), yardstick.press()
        if turn < 2 or base is None:
            continue  # the first answers load code and caches on both sides
        bases.append(base[0])
        if one is not None:
            ours.append(one[0])
            where = one[1]
            if where == "long" and len(ours) >= 2:
                break
    if not ours:
        return None
    own, base_ms = statistics.median(ours), statistics.median(bases)
    return [
        control.key,
        control.kind,
        where,
        f"{own:.0f}",
        f"{max(ours):.0f}",
        f"{base_ms:.0f}",
        own / base_ms,
    ]


def pressed(control: Control, presses: int) -> list[tuple[float, str]]:
    """Press a control so many times; the first two answers, which load code and caches, do not count."""
    found = [control.press() for _ in range(presses + 2)][2:]
    return [one for one in found if one is not None]


def main_controls(page: Any, stem: str) -> Iterator[dict[str, Any]]:
    """Give the controls of the main view, then those of each of its menus, which is open then."""
    shown = [c for c in page.evaluate(FIND, stem) if not c["section"]]
    yield from shown
    known = {c["key"] for c in shown}
    menus = page.locator(MENUS)
    for number in range(menus.count()):
        menus.nth(number).click()
        page.wait_for_timeout(800)
        inside = [c for c in page.evaluate(FIND, stem) if not c["section"] and c["key"] not in known]
        known |= {c["key"] for c in inside}
        yield from inside
        page.keyboard.press("Escape")
        page.wait_for_timeout(400)


def main_rows(address: str, plain: str, stem: str, args: Any) -> list[list[object]]:
    """Measure every control of a main view, all sections closed."""
    bases: list[float] = []
    ours: dict[str, list[tuple[float, str]]] = {}
    kinds: dict[str, str] = {}
    for _ in range(args.rounds):
        with chromium() as browser:
            page = opened(browser, plain, "").page
            bases += [ms for ms, _ in pressed(Control(page, page.evaluate(FIND, "-")[0]), args.presses)]
        with chromium() as browser:
            page = opened(browser, address, stem, lang="ko", **dict(args.param)).page
            for found in main_controls(page, stem):
                key = found["key"]
                if args.only and args.only not in key:
                    continue
                kinds[key] = found["kind"]
                try:
                    ours.setdefault(key, []).extend(pressed(Control(page, found), args.presses))
                except Exception as error:
                    print(f"  {stem} {key}: {type(error).__name__} {str(error)[:200]}", file=sys.stderr)
    base = statistics.median(bases)
    rows: list[list[object]] = []
    for key, times in ours.items():
        if not times:
            continue
        ms = [one for one, _ in times]
        own, where = statistics.median(ms), times[-1][1]
        rows.append(
            [stem, "main", key, kinds[key], where, f"{own:.0f}", f"{max(ms):.0f}", f"{base:.0f}", own / base]
        )
        print(f"  {stem:12} {'main':22} {key:34} {where:8} {own:6.0f} ms  {own / base:.2f}×", flush=True)
    return rows


def section_rows(
    browser: Any, address: str, stem: str, yardstick: Control, args: Any, quickest: str | None
) -> list[list[object]]:
    """Measure the controls of every section, and one of the main view, with that section alone open."""
    rows: list[list[object]] = []
    visitor = opened(browser, address, stem, lang="ko", **dict(args.param))
    sections = visitor.page.evaluate(SECTIONS, stem)
    visitor.context.close()
    for section in sections:
        visitor = opened(browser, address, stem, lang="ko", **{section: "true"}, **dict(args.param))
        what = section.removeprefix(f"{stem}_")
        for found in visitor.page.evaluate(FIND, stem):
            if not (found["section"] or found["key"] == quickest):
                continue
            if args.only and args.only not in found["key"]:
                continue
            try:
                row = measured(Control(visitor.page, found), yardstick, args.presses)
            except Exception as error:
                print(f"  {stem} {found['key']}: {type(error).__name__} {str(error)[:200]}", file=sys.stderr)
                visitor.page.keyboard.press("Escape")
                continue
            if row:
                rows.append([stem, what, *row])
                print(
                    f"  {stem:12} {what:22} {row[0]:34} {row[2]:8} {row[3]:>6} ms  {row[6]:.2f}×", flush=True
                )
        visitor.context.close()
    return rows


def warm(args: Any) -> int:
    """Measure every control of the pages asked for; 1 if one is slower than the issue allows."""
    slow = 0
    rows: list[list[object]] = []
    with serve("baseline") as baseline, serve() as own:
        address = args.base or own.address
        for stem in args.pages:
            main = main_rows(address, baseline.address, stem, args)
            rows += main
            if args.main:
                continue
            pictured = [row for row in main if row[4] == "picture"]
            quickest = str(min(pictured, key=lambda row: float(str(row[8])))[2]) if pictured else None
            with chromium() as browser:
                plain = opened(browser, baseline.address, "")
                yardstick = Control(plain.page, plain.page.evaluate(FIND, "-")[0])
                rows += section_rows(browser, address, stem, yardstick, args, quickest)
    for row in rows:
        limit = 0.8 if row[1] == "main" else 1.2
        slow += float(str(row[8])) > limit
        row[8] = f"{row[8]:.2f}" + (" **slow**" if float(str(row[8])) > limit else "")
    print(
        "\n"
        + table(
            ["page", "open", "control", "kind", "changes", "median ms", "slowest", "baseline", "ratio"], rows
        )
    )
    return int(slow > 0)


def cold(args: Any) -> int:
    """Measure from the request of a page to its title and its first picture, each on a server just started."""
    rows = []
    with chromium() as browser:

        def first(what: str, stem: str) -> tuple[float, float, float]:
            with serve(what) as server:
                ready = healthy(server)
                context = browser.new_context(locale="ko-KR", viewport={"width": 1366, "height": 650})
                page = context.new_page()
                start = time.perf_counter()
                page.goto(f"{server.address}/{'' if stem == 'home' else stem}", wait_until="commit")
                page.wait_for_selector("h1")
                title = time.perf_counter() - start
                page.wait_for_selector("svg.marks, canvas")
                picture = time.perf_counter() - start
                context.close()
                return ready, title, picture

        first("baseline", "home")  # the browser's own first start
        for stem in args.pages:
            pairs = [(first("baseline", "home"), first("reglab", stem)) for _ in range(args.repeats)]
            base = [statistics.median(pair[0][i] for pair in pairs) for i in range(3)]
            own = [statistics.median(pair[1][i] for pair in pairs) for i in range(3)]
            rows.append(
                [stem, *(f"{o:.2f}" for o in own), *(f"{b:.2f}" for b in base[1:]),
                 f"{own[1] / base[1]:.2f}", f"{own[2] / base[2]:.2f}"]
            )  # fmt: skip
            print("  ", rows[-1], flush=True)
    head = [
        "page",
        "server s",
        "title s",
        "picture s",
        "baseline title",
        "baseline picture",
        "title ratio",
        "picture ratio",
    ]
    print("\n" + table(head, rows))
    return int(any(float(row[-1]) > 1.5 for row in rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", nargs="*", default=list(PAGES), metavar="page")
    parser.add_argument("--base", help="address of a running server of this app; by default one is started")
    parser.add_argument("--presses", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=3, help="of a main view")
    parser.add_argument("--main", action="store_true", help="leave the sections out")
    parser.add_argument("--only", help="only controls whose key contains this")
    parser.add_argument(
        "--param", action="append", default=[], type=lambda s: s.split("=", 1), help="key=value in the link"
    )
    parser.add_argument("--cold", action="store_true", help="first paint from a server just started")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    options.pages = options.pages or list(PAGES)
    sys.exit(cold(options) if options.cold else warm(options))
