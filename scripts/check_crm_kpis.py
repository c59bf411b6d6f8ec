#!/usr/bin/env python3
"""Checks the program's KPIs of a real CRM export against a computation of its own.

Usage: check_crm_kpis.py BINARY CRM_DIR

Imports the export into a new data directory, twice, then asks the program for KPIs over a year, its quarters and a range
that cuts months, by every dimension and with filters, and compares value, unit, n, parts and notes with what this script
computes from the CSV files by docs/kpis.md. It shares no code with the program: fractions, not minor units; scans, not
state. Exit code 0 when everything is equal, 1 otherwise. Needs Python 3.8 or later and nothing else.
"""

import collections
import csv
import datetime
import json
import math
import pathlib
import subprocess
import sys
import tempfile
from fractions import Fraction

DIFFERENCES_SHOWN = 10
FEW = 30
DAY = datetime.timedelta(days=1)
DIMENSIONS = ["owner", "team", "region", "product"]
MORE_DIMENSIONS = ["account", "sector"]
RANGES = {
    "year 2017": ("2017-01-01", "2018-01-01"),
    "2016-Q4": ("2016-10-01", "2017-01-01"),
    "2017-Q1": ("2017-01-01", "2017-04-01"),
    "2017-Q2": ("2017-04-01", "2017-07-01"),
    "2017-Q3": ("2017-07-01", "2017-10-01"),
    "2017-Q4": ("2017-10-01", "2018-01-01"),
    "cuts months": ("2017-05-17", "2017-09-10"),
}
# Student's t, 95% two-sided, for 1 to 28 degrees of freedom; z of the same confidence.
STUDENT = """12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.160 2.145 2.131 2.120 2.110 2.101
2.093 2.086 2.080 2.074 2.069 2.064 2.060 2.056 2.052 2.048""".split()
Z = Fraction("1.959964")

Deal = collections.namedtuple("Deal", "owner team region product account sector state created closed amount")


# ---- the export, by its README ----


def rows(folder, name):
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def date(text):
    return datetime.date.fromisoformat(text) if text else None


def read_deals(folder):
    bare = lambda name: "".join(c for c in name.lower() if c.isalnum())
    products = {bare(row["product"]): row["product"] for row in rows(folder, "products.csv")}
    teams = {row["sales_agent"]: row for row in rows(folder, "sales_teams.csv")}
    sectors = {row["account"]: row["sector"] for row in rows(folder, "accounts.csv")}
    states = {"Prospecting": "open", "Engaging": "open", "Won": "won", "Lost": "lost"}
    deals = []
    for row in rows(folder, "sales_pipeline.csv"):
        state = states[row["deal_stage"]]
        amount = Fraction(row["close_value"]) if row["close_value"] else None
        if state == "lost" and amount == 0:
            amount = None
        agent = teams[row["sales_agent"]]
        product = products.get(bare(row["product"]), row["product"])
        account = row["account"] or "none"
        deals.append(
            Deal(row["sales_agent"], agent["manager"], agent["regional_office"], product, account,
                 sectors.get(account, "none"), state, date(row["engage_date"]), date(row["close_date"]), amount)
        )
    return deals


# ---- printing ----


def printed(value, digits):
    """Rounded half to even, once; None stays None."""
    if value is None:
        return None
    units = round(Fraction(value) * 10**digits)
    sign, units = ("-" if units < 0 else ""), abs(units)
    return f"{sign}{units}" if digits == 0 else f"{sign}{units // 10**digits}.{units % 10**digits:0{digits}}"


def root(value):
    return Fraction(math.isqrt(math.floor(value * 10**60)), 10**30) if value > 0 else Fraction(0)


def wilson(hits, n):
    share = Fraction(hits, n)
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * root(share * (1 - share) / n + Z * Z / (4 * n * n))
    return centre - half, centre + half


def student(values):
    n = len(values)
    mean = Fraction(sum(values), n)
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    half = Fraction(STUDENT[n - 2]) * root(variance / n)
    return mean - half, mean + half


def median(values):
    values = sorted(values)
    return Fraction(values[(len(values) - 1) // 2] + values[len(values) // 2], 2) if values else None


def mean(values):
    return Fraction(sum(values), len(values)) if values else None


# ---- figures, by docs/kpis.md ----


class Facts:
    """The facts of some deals in a range."""

    def __init__(self, deals, everything, start, end):
        inside = lambda day: day is not None and start <= day < end
        self.won = [d for d in deals if d.state == "won" and inside(d.closed)]
        self.lost = [d for d in deals if d.state == "lost" and inside(d.closed)]
        self.created = [d for d in deals if inside(d.created)]
        # The export has no history: whatever closes later was open, and all open amounts are unknown.
        self.open = [
            d for d in deals if (d.created is None or d.created < end) and (d.state == "open" or d.closed >= end)
        ]
        self.amounts = [d.amount for d in self.won if d.amount is not None]
        self.cycles = [(d.closed - d.created).days for d in self.won if d.created]
        first_created = min(d.created for d in everything if d.created)
        first_closed = min(d.closed for d in everything if d.closed)
        self.late = {"history_absent"} if first_created < start <= first_closed else set()


def share(hits, n, facts, parts=None, notes=frozenset()):
    parts = dict(parts or {})
    notes = set(notes)
    if 0 < n < FEW:
        notes.add("few_deals")
        parts["interval_low"], parts["interval_high"] = (printed(bound, 6) for bound in wilson(hits, n))
    return printed(Fraction(hits, n) if n else None, 6), "ratio", n, parts, notes


def mean_of(values, digits, unit, notes):
    parts, notes = {"median": printed(median(values), digits)}, set(notes)
    if 0 < len(values) < FEW:
        notes.add("few_deals")
        if len(values) > 1:
            parts["interval_low"], parts["interval_high"] = (printed(bound, digits) for bound in student(values))
    return printed(mean(values), digits), unit, len(values), parts, notes


def total(deals):
    """A sum of amounts: nothing where there are deals and none has one."""
    amounts = [d.amount for d in deals if d.amount is not None]
    return sum(amounts) if amounts or not deals else None


def open_notes(facts):
    notes = {"creation_unknown"} if any(d.created is None for d in facts.open) else set()
    return notes


def bookings(f):
    missing = len(f.won) - len(f.amounts)
    notes = f.late | ({"amount_missing"} if missing else set())
    return printed(total(f.won), 2), "USD", len(f.amounts), {"without_amount": str(missing)}, notes


def win_rate(f):
    return share(len(f.won), len(f.won) + len(f.lost), f, notes=f.late)


def win_rate_by_value(f):
    wins, losses = total(f.won), total(f.lost)
    closed = f.won + f.lost
    with_amount = sum(d.amount is not None for d in closed)
    value = wins / (wins + losses) if wins is not None and losses is not None and wins + losses else None
    notes = f.late | ({"amount_missing"} if with_amount < len(closed) else set())
    parts = {"won": printed(wins, 2), "lost": printed(losses, 2)}
    return printed(value, 6), "ratio", with_amount, parts, notes


def win_rate_strict(f):
    # Due dates of open deals are not in the export: nothing is known to be overdue.
    return share(len(f.won), len(f.won) + len(f.lost), f, {"overdue": "0"}, f.late)


def average_deal_size(f):
    return mean_of(f.amounts, 2, "USD", f.late)


def sales_cycle(f):
    return mean_of(f.cycles, 2, "days", f.late)


def sales_velocity(f):
    closed = len(f.won) + len(f.lost)
    rate = Fraction(len(f.won), closed) if closed else None
    size, cycle = mean(f.amounts), mean(f.cycles)
    value = len(f.open) * rate * size / cycle if rate is not None and size is not None and cycle else None
    parts = {
        "open": str(len(f.open)),
        "win_rate": printed(rate, 6),
        "average_deal_size": printed(size, 2),
        "sales_cycle": printed(cycle, 2),
    }
    return printed(value, 2), "USD/day", len(f.open), parts, f.late | open_notes(f)


def open_pipeline(f):
    notes = open_notes(f)
    notes |= {"amount_missing"} if any(d.state == "open" for d in f.open) else set()
    notes |= {"history_absent"} if any(d.state != "open" for d in f.open) else set()
    value = None if f.open else Fraction(0)
    return printed(value, 2), "USD", len(f.open), {"without_amount": str(len(f.open))}, notes


def pipeline_created(f):
    n = sum(d.amount is not None for d in f.created)
    missing = len(f.created) - n
    notes = {"amount_missing"} if missing else set()
    return printed(total(f.created), 2), "USD", n, {"without_amount": str(missing)}, notes


def win_rate_cohort(f):
    n = len(f.created)
    still_open = sum(d.state == "open" for d in f.created)
    parts = {"open_share": printed(Fraction(still_open, n) if n else None, 6)}
    return share(sum(d.state == "won" for d in f.created), n, f, parts)


CLOSED = lambda f: f.won or f.lost
WON = lambda f: f.won
KPIS = {  # how it is computed, and which facts make a group
    "bookings": (bookings, WON),
    "win_rate": (win_rate, CLOSED),
    "win_rate_by_value": (win_rate_by_value, CLOSED),
    "win_rate_strict": (win_rate_strict, CLOSED),
    "average_deal_size": (average_deal_size, WON),
    "sales_cycle": (sales_cycle, WON),
    "sales_velocity": (sales_velocity, lambda f: f.open or f.won or f.lost),
    "open_pipeline": (open_pipeline, lambda f: f.open),
    "pipeline_created": (pipeline_created, lambda f: f.created),
    "win_rate_cohort": (win_rate_cohort, lambda f: f.created),
}


def expected(deals, everything, kpi, span, group_by):
    figure, is_there = KPIS[kpi]
    start, end = map(datetime.date.fromisoformat, span)
    cells = collections.defaultdict(list)
    for deal in deals:
        cells[tuple(getattr(deal, name) for name in group_by)].append(deal)
    if not group_by:
        cells = {(): deals}
    groups = []
    for values, some in sorted(cells.items(), key=lambda item: sorted(zip(group_by, item[0]), key=order(group_by))):
        facts = Facts(some, everything, start, end)
        if is_there(facts) or not group_by:
            groups.append(as_group(dict(zip(group_by, values)), *figure(facts)))
    return groups


def order(group_by):
    """Groups are sorted by key, a key's dimensions in the order in which the program lists them."""
    listed = DIMENSIONS + MORE_DIMENSIONS
    return lambda pair: listed.index(pair[0])


def as_group(key, value, unit, n, parts, notes):
    return {"key": key, "value": value, "unit": unit, "n": n, "parts": parts, "notes": sorted(notes)}


def leaderboard(groups, better_higher=True):
    ranked = [group for group in groups if group["value"] is not None]
    value = lambda group: Fraction(group["value"])
    for group in groups:
        ahead = lambda other: value(other) > value(group) if better_higher else value(other) < value(group)
        rank = None if group["value"] is None else str(1 + sum(map(ahead, ranked)))
        group["parts"] = dict(group["parts"], rank=rank)
    last = len(groups) + 1
    return sorted(groups, key=lambda group: (int(group["parts"]["rank"] or last), list(group["key"].values())))


# ---- the program, and the comparison ----


class Check:
    def __init__(self, binary, data):
        self.base = [binary, "--data-dir", data, "--json"]
        self.asked = collections.Counter()
        self.groups = 0
        self.differences = []

    def run(self, *arguments, status=0):
        done = subprocess.run([*self.base, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != status:
            sys.exit(f"exit code {done.returncode} of {' '.join(arguments)}: {done.stderr or done.stdout}")
        return json.loads(done.stdout)

    def equal(self, about, ours, theirs):
        self.asked[about.split(" ")[0]] += 1
        if ours != theirs:
            self.differences.append((about, ours, theirs))

    def get(self, kpi, span, group_by=(), filters=(), params=(), extra=()):
        arguments = ["kpi", "get", kpi, "--org", "crm", "--from", span[0], "--to", span[1]]
        for name in group_by:
            arguments += ["--group-by", name]
        for name, value in filters:
            arguments += ["--filter", f"{name}={value}"]
        for name, value in params:
            arguments += ["--param", f"{name}={value}"]
        return self.run(*arguments, *extra)

    def compare(self, deals, kpi, span, group_by=(), filters=()):
        chosen = [d for d in deals if all(getattr(d, name) == value for name, value in filters)]
        ours = expected(chosen, deals, kpi, span, group_by)
        theirs = self.get(kpi, span, group_by, filters)
        about = f"{kpi} {span[0]}..{span[1]} by {list(group_by)} where {list(filters)}"
        self.groups += len(theirs["groups"])
        head = {"kpi": kpi, "from": span[0], "to": span[1], "as_known": None}
        self.equal(about, head, {name: value for name, value in theirs.items() if name != "groups"})
        ours_by_key = {tuple(group["key"].values()): group for group in ours}
        theirs_by_key = {tuple(group["key"].get(n) for n in group_by): group for group in theirs["groups"]}
        for key in sorted(set(ours_by_key) | set(theirs_by_key)):
            if ours_by_key.get(key) != theirs_by_key.get(key):
                self.differences.append((f"{about}, group {key}", ours_by_key.get(key), theirs_by_key.get(key)))
        if [tuple(g["key"].get(n) for n in group_by) for g in theirs["groups"]] != list(ours_by_key):
            self.differences.append((f"{about}: order of groups", list(ours_by_key), list(theirs_by_key)))


def check_import(check, folder, count):
    check.run("admin", "create-org", "CRM")
    dry = check.run("import", "crm", str(folder), "--org", "crm", "--dry-run")
    check.equal("import dry", [count, count, 0, 0], [dry[n] for n in ("read", "imported", "unchanged", "rejected")])
    check.equal("import stats before", 1, check.run("journal", "stats", "--org", "crm")["entries"])
    first = check.run("import", "crm", str(folder), "--org", "crm")
    check.equal("import first", [count, count, 0, 0], [first[n] for n in ("read", "imported", "unchanged", "rejected")])
    changed = [(name["column"], name["from"], name["to"], name["rows"]) for name in first["reconciled"]]
    pipeline = rows(folder, "sales_pipeline.csv")
    near = sum(row["product"] == "GTXPro" for row in pipeline)
    check.equal("import reconciled", [("product", "GTXPro", "GTX Pro", near)], changed)
    check.equal("import unknown", ([], None), (first["unknown"], first["rejected_file"]))
    before = check.run("journal", "stats", "--org", "crm")
    again = check.run("import", "crm", str(folder), "--org", "crm")
    check.equal("import again", [count, 0, count, 0], [again[n] for n in ("read", "imported", "unchanged", "rejected")])
    check.equal("import stats again", before, check.run("journal", "stats", "--org", "crm"))


def check_figures(check, deals):
    pairs = [(), *[(name,) for name in DIMENSIONS + MORE_DIMENSIONS], ("region", "product"), ("team", "product")]
    for span in RANGES.values():
        for kpi in KPIS:
            for group_by in pairs:
                check.compare(deals, kpi, span, group_by)
    for name in DIMENSIONS:
        for value in sorted({getattr(deal, name) for deal in deals}):
            for kpi in ("bookings", "win_rate", "average_deal_size", "sales_cycle", "open_pipeline"):
                for span in (RANGES["year 2017"], RANGES["cuts months"]):
                    check.compare(deals, kpi, span, (), [(name, value)])
    both = [("region", "West"), ("product", "GTX Pro")]
    for kpi in KPIS:
        check.compare(deals, kpi, RANGES["year 2017"], ("owner",), both)


def check_leaderboards(check, deals):
    for span in RANGES.values():
        for by in ("owner", "team"):
            for kpi in ("bookings", "win_rate", "sales_cycle", "open_pipeline"):
                ours = leaderboard(expected(deals, deals, kpi, span, (by,)), kpi != "sales_cycle")
                theirs = check.get("leaderboard", span, params=[("kpi", kpi), ("by", by)])
                check.equal(f"leaderboard of {kpi} by {by} {span}", ours, theirs["groups"])


def check_what_it_cannot_tell(check, deals):
    """The export has no stage history, activities, quotas, lost or open amounts, and begins late."""
    year = RANGES["year 2017"]
    only = lambda answer: answer["groups"][0]
    for kpi in ("stage_conversion", "time_in_stage", "funnel_reach", "slip_rate", "push_count", "pipeline_waterfall"):
        group = only(check.get(kpi, year))
        check.equal(f"{kpi} null", (None, True), (group["value"], "history_absent" in group["notes"]))
    group = only(check.get("stale_share", year))
    check.equal("stale_share null", (None, True), (group["value"], "history_absent" in group["notes"]))
    group = only(check.get("quota_attainment", year))
    check.equal("quota_attainment null", (None, True), (group["value"], "no_quota" in group["notes"]))
    group = only(check.get("win_rate_by_value", year))
    check.equal("win_rate_by_value null", (None, True), (group["value"], "amount_missing" in group["notes"]))
    group = only(check.get("open_pipeline", ("2017-10-01", "2018-01-01")))
    found = (group["value"], group["n"], "amount_missing" in group["notes"])
    check.equal("open_pipeline null", (None, sum(d.state == "open" for d in deals), True), found)
    group = only(check.get("win_rate", RANGES["2017-Q1"]))
    check.equal("win_rate late history", True, "history_absent" in group["notes"])
    group = only(check.get("win_rate", RANGES["2017-Q2"]))
    check.equal("win_rate later", False, "history_absent" in group["notes"])


def check_times(check, deals):
    """As known before the import nothing was known; series and single questions agree."""
    year = RANGES["year 2017"]
    before = check.get("bookings", year, extra=["--as-known", "2018-06-01T00:00:00Z"])["groups"]
    check.equal("bookings before", as_group({}, "0.00", "USD", 0, {"without_amount": "0"}, []), before[0])
    after = check.get("bookings", year, extra=["--as-known", "9000-01-01"])["groups"]
    check.equal("bookings after", check.get("bookings", year)["groups"], after)
    arguments = ["--org", "crm", "--from", year[0], "--to", year[1], "--grain", "quarter", "--group-by", "region"]
    for bucket in check.run("kpi", "series", "win_rate", *arguments)["buckets"]:
        span = (bucket["from"], bucket["to"])
        check.equal(f"series {span}", expected(deals, deals, "win_rate", span, ("region",)), bucket["groups"])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.split("\n\n")[1])
    binary, folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    deals = read_deals(folder)
    with tempfile.TemporaryDirectory() as data:
        check = Check(binary, data)
        check_import(check, folder, len(deals))
        check_figures(check, deals)
        check_leaderboards(check, deals)
        check_what_it_cannot_tell(check, deals)
        check_times(check, deals)
    for name, count in sorted(check.asked.items()):
        print(f"{name}: {count} questions")
    print(f"{sum(check.asked.values())} questions, {check.groups} groups, {len(check.differences)} differences")
    for about, ours, theirs in check.differences[:DIFFERENCES_SHOWN]:
        print(f"\nDIFFERENT: {about}\n  computed here: {ours}\n  the program:   {theirs}")
    sys.exit(1 if check.differences else 0)


if __name__ == "__main__":
    main()
