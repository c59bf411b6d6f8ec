#!/usr/bin/env python3
"""Checks the program's KPIs of a real CRM export against a computation of its own (crm_figures.py).

Usage: check_crm_kpis.py BINARY CRM_DIR

Imports the export into a new data directory, twice, then asks the program for KPIs over a year, its quarters and a
range that cuts months, by every dimension and with filters, and compares value, unit, n, parts and notes to the last
digit. Exit code 0 when everything is equal, 1 otherwise. Needs Python 3.8 or later and nothing else.
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # no cache files among the sources

from crm_figures import DIMENSIONS, KPIS, MORE_DIMENSIONS, as_group, expected, leaderboard, read_deals, rows

DIFFERENCES_SHOWN = 10
RANGES = {
    "year 2017": ("2017-01-01", "2018-01-01"),
    "2016-Q4": ("2016-10-01", "2017-01-01"),
    "2017-Q1": ("2017-01-01", "2017-04-01"),
    "2017-Q2": ("2017-04-01", "2017-07-01"),
    "2017-Q3": ("2017-07-01", "2017-10-01"),
    "2017-Q4": ("2017-10-01", "2018-01-01"),
    "cuts months": ("2017-05-17", "2017-09-09"),
}


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


def values_of(deals, folder, name):
    """Every value of a dimension, agents without a deal among them."""
    if name == "owner":
        return sorted(row["sales_agent"] for row in rows(folder, "sales_teams.csv"))
    return sorted({getattr(deal, name) for deal in deals})


def check_figures(check, deals, folder):
    pairs = [(), *[(name,) for name in DIMENSIONS + MORE_DIMENSIONS], ("region", "product"), ("team", "product")]
    for span in RANGES.values():
        for kpi in KPIS:
            for group_by in pairs:
                check.compare(deals, kpi, span, group_by)
    for name in DIMENSIONS:
        for value in values_of(deals, folder, name):
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
                sign = -1 if kpi == "sales_cycle" else 1
                ours = expected(deals, deals, kpi, span, (by,), lambda groups: leaderboard(groups, sign))
                theirs = check.get("leaderboard", span, params=[("kpi", kpi), ("by", by)])
                check.groups += len(ours)
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
        check_figures(check, deals, folder)
        check_leaderboards(check, deals)
        check_what_it_cannot_tell(check, deals)
        check_times(check, deals)
    for name, count in sorted(check.asked.items()):
        print(f"{name}: {count} questions")
    print(f"{sum(check.asked.values())} questions, {check.groups} groups, {len(check.differences)} differences")
    for about, ours, theirs in check.differences[:DIFFERENCES_SHOWN]:
        if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
            ours, theirs = zip(*(pair for pair in zip(ours, theirs) if pair[0] != pair[1]))
        print(f"\nDIFFERENT: {about}\n  computed here: {ours}\n  the program:   {theirs}")
    sys.exit(1 if check.differences else 0)


if __name__ == "__main__":
    main()
