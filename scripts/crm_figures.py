"""KPIs of a CRM export by docs/kpis.md, computed from the CSV files alone: the other side of check_crm_kpis.py.

It shares no code with the program: fractions, not minor units; scans, not state.
"""

import collections
import csv
import datetime
import functools
import math
from fractions import Fraction

FEW = 30
DIMENSIONS = ["owner", "team", "region", "product"]
MORE_DIMENSIONS = ["account", "sector"]
Z = Fraction("1.959964")  # of 95% two-sided confidence

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


def confidence(t, degrees):
    """Probability that Student's t lies within -t and t (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(degrees))
    odd = degrees % 2
    term, total = (math.cos(angle) if odd else 1.0), 0.0
    for k in range(2 + odd, degrees + 1, 2):
        total += term
        term *= (k - 1) / k * math.cos(angle) ** 2
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total


@functools.lru_cache(maxsize=None)
def student_t(degrees):
    """Student's t of 95% two-sided confidence, to six digits."""
    low, high = 1.0, 20.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if confidence(middle, degrees) < 0.95 else (low, middle)
    return Fraction(round(low * 10**6), 10**6)


def wilson(hits, n):
    share = Fraction(hits, n)
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * root(share * (1 - share) / n + Z * Z / (4 * n * n))
    return centre - half, centre + half


def student(values):
    n = len(values)
    mean = Fraction(sum(values), n)
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    half = student_t(n - 1) * root(variance / n)
    return mean - half, mean + half


def median(values):
    values = sorted(values)
    return Fraction(values[(len(values) - 1) // 2] + values[len(values) // 2], 2) if values else None


def mean(values):
    return Fraction(sum(values), len(values)) if values else None


# ---- figures, by docs/kpis.md: exact value and its digits, unit, n, parts, notes ----


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


def share(hits, n, parts=None, notes=frozenset()):
    parts = dict(parts or {})
    notes = set(notes)
    if 0 < n < FEW:
        notes.add("few_deals")
        parts["interval_low"], parts["interval_high"] = (printed(bound, 6) for bound in wilson(hits, n))
    return (Fraction(hits, n) if n else None, 6), "ratio", n, parts, notes


def mean_of(values, digits, unit, notes):
    parts, notes = {"median": printed(median(values), digits)}, set(notes)
    if 0 < len(values) < FEW:
        notes.add("few_deals")
        if len(values) > 1:
            parts["interval_low"], parts["interval_high"] = (printed(bound, digits) for bound in student(values))
    return (mean(values), digits), unit, len(values), parts, notes


def total(deals):
    """A sum of amounts: nothing where there are deals and none has one."""
    amounts = [d.amount for d in deals if d.amount is not None]
    return sum(amounts) if amounts or not deals else None


def open_notes(facts):
    return {"creation_unknown"} if any(d.created is None for d in facts.open) else set()


def bookings(f):
    missing = len(f.won) - len(f.amounts)
    notes = f.late | ({"amount_missing"} if missing else set())
    return (total(f.won), 2), "USD", len(f.amounts), {"without_amount": str(missing)}, notes


def win_rate(f):
    return share(len(f.won), len(f.won) + len(f.lost), notes=f.late)


def win_rate_by_value(f):
    wins, losses = total(f.won), total(f.lost)
    closed = f.won + f.lost
    with_amount = sum(d.amount is not None for d in closed)
    value = wins / (wins + losses) if wins is not None and losses is not None and wins + losses else None
    notes = f.late | ({"amount_missing"} if with_amount < len(closed) else set())
    parts = {"won": printed(wins, 2), "lost": printed(losses, 2)}
    return (value, 6), "ratio", with_amount, parts, notes


def win_rate_strict(f):
    # Due dates of open deals are not in the export: nothing is known to be overdue.
    return share(len(f.won), len(f.won) + len(f.lost), {"overdue": "0"}, f.late)


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
    return (value, 2), "USD/day", len(f.open), parts, f.late | open_notes(f)


def open_pipeline(f):
    notes = open_notes(f)
    notes |= {"amount_missing"} if any(d.state == "open" for d in f.open) else set()
    notes |= {"history_absent"} if any(d.state != "open" for d in f.open) else set()
    value = None if f.open else Fraction(0)
    return (value, 2), "USD", len(f.open), {"without_amount": str(len(f.open))}, notes


def pipeline_created(f):
    n = sum(d.amount is not None for d in f.created)
    missing = len(f.created) - n
    notes = {"amount_missing"} if missing else set()
    return (total(f.created), 2), "USD", n, {"without_amount": str(missing)}, notes


def win_rate_cohort(f):
    n = len(f.created)
    still_open = sum(d.state == "open" for d in f.created)
    parts = {"open_share": printed(Fraction(still_open, n) if n else None, 6)}
    return share(sum(d.state == "won" for d in f.created), n, parts)


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


def expected(deals, everything, kpi, span, group_by, finish=lambda groups: groups):
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
    groups = finish(groups)
    for group in groups:
        group["value"] = printed(*group["value"])
    return groups


def order(group_by):
    """Groups are sorted by key, a key's dimensions in the order in which the program lists them."""
    listed = DIMENSIONS + MORE_DIMENSIONS
    return lambda pair: listed.index(pair[0])


def as_group(key, value, unit, n, parts, notes):
    return {"key": key, "value": value, "unit": unit, "n": n, "parts": parts, "notes": sorted(notes)}


def leaderboard(groups, sign):
    """Ranked by the exact value; `sign` is 1 where more is better, -1 where less is."""
    values = [sign * group["value"][0] for group in groups if group["value"][0] is not None]
    last = len(groups) + 1
    places = []
    for group in groups:
        value = group["value"][0]
        rank = None if value is None else 1 + sum(other > sign * value for other in values)
        group["parts"]["rank"] = None if rank is None else str(rank)
        places.append((rank or last, list(group["key"].values()), group))
    return [group for _, _, group in sorted(places, key=lambda place: place[:2])]
