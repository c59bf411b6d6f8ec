//! Who works in the made-up organisation, what it sells, to whom, and in which currencies.

/// A team and its region.
pub(super) struct Team {
    pub(super) name: &'static str,
    pub(super) region: &'static str,
    /// How large this team's deals are, in percent of the price list.
    pub(super) size_percent: i64,
}

/// Somebody who sells.
pub(super) struct Rep {
    /// What the source calls them.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// Position in [`TEAMS`].
    pub(super) team: usize,
    /// Deals won of 1,000, above or below the usual.
    pub(super) skill: i64,
}

/// Something sold.
pub(super) struct Product {
    pub(super) id: &'static str,
    /// The median deal's amount, in whole units of the home currency.
    pub(super) median: f64,
    /// Days from the first to the last of the median deal.
    pub(super) cycle_days: f64,
}

/// A stage of the sales process.
pub(super) struct Stage {
    pub(super) id: &'static str,
    /// The chance that a deal in it is won, as a decimal.
    pub(super) probability: &'static str,
}

pub(super) const TEAMS: [Team; 3] = [
    Team { name: "Enterprise", region: "North", size_percent: 190 },
    Team { name: "Commercial", region: "South", size_percent: 100 },
    Team { name: "Partners", region: "West", size_percent: 75 },
];

pub(super) const REPS: [Rep; 12] = [
    rep("ada.lindqvist", "Ada Lindqvist", 0, 60),
    rep("bruno.castellani", "Bruno Castellani", 0, 15),
    rep("chidi.nwosu", "Chidi Nwosu", 0, -25),
    rep("dora.feldmann", "Dora Feldmann", 0, -60),
    rep("emil.haddad", "Emil Haddad", 1, 75),
    rep("freya.olsen", "Freya Olsen", 1, 30),
    rep("gabriel.moreau", "Gabriel Moreau", 1, 0),
    rep("hana.sato", "Hana Sato", 1, -15),
    rep("ivan.petrov", "Ivan Petrov", 1, -70),
    rep("jolanta.nowak", "Jolanta Nowak", 2, 40),
    rep("kwame.asante", "Kwame Asante", 2, 5),
    rep("lucia.romero", "Lucia Romero", 2, -40),
];

const fn rep(id: &'static str, name: &'static str, team: usize, skill: i64) -> Rep {
    Rep { id, name, team, skill }
}

pub(super) const PRODUCTS: [Product; 5] = [
    Product { id: "Atlas Core", median: 14_000.0, cycle_days: 38.0 },
    Product { id: "Atlas Plus", median: 32_000.0, cycle_days: 55.0 },
    Product { id: "Beacon", median: 7_500.0, cycle_days: 26.0 },
    Product { id: "Compass", median: 21_000.0, cycle_days: 46.0 },
    Product { id: "Care", median: 4_800.0, cycle_days: 22.0 },
];

/// The open stages, in order. A deal leaves the last one by being won.
pub(super) const STAGES: [Stage; 4] = [
    Stage { id: "Qualification", probability: "0.1" },
    Stage { id: "Discovery", probability: "0.25" },
    Stage { id: "Proposal", probability: "0.5" },
    Stage { id: "Negotiation", probability: "0.75" },
];

/// The stages that closed deals are in: won, lost.
pub(super) const CLOSED_STAGES: [&str; 2] = ["Closed won", "Closed lost"];

pub(super) const PIPELINE: &str = "New business";

pub(super) const LEAD_SOURCES: [&str; 5] = ["Inbound", "Outbound", "Referral", "Event", "Partner"];

/// Sectors of the accounts, a field of the organisation's own.
pub(super) const SECTORS: [&str; 5] = ["Logistics", "Manufacturing", "Retail", "Health", "Energy"];

/// An account is one of each.
pub(super) const ACCOUNT_NAMES: [&str; 20] = [
    "Alder",
    "Birch",
    "Cedar",
    "Dune",
    "Ember",
    "Fjord",
    "Granite",
    "Harbour",
    "Iris",
    "Juniper",
    "Kestrel",
    "Larch",
    "Meadow",
    "North Sea",
    "Orchard",
    "Pine",
    "Quarry",
    "River",
    "Summit",
    "Tern",
];

/// The second half of an account's name, by its sector.
pub(super) const ACCOUNT_KINDS: [&str; 5] = ["Freight", "Works", "Stores", "Clinics", "Power"];

/// Currencies that foreign deals are in; the organisation's own is left out of them.
pub(super) const FOREIGN: [(&str, f64); 3] = [("USD", 1.0), ("EUR", 1.09), ("GBP", 1.27)];

/// New deals of a working day, in thousandths, before season and growth.
pub(super) const DEALS_PER_DAY_1000: i64 = 2_600;

/// The season of new deals by month, January first, in percent.
pub(super) const SEASON_PERCENT: [i64; 12] = [105, 105, 110, 100, 100, 95, 75, 65, 110, 115, 120, 85];

/// Deals won of 1,000 that close, before the person's skill.
pub(super) const WON_PER_1000: i64 = 275;
