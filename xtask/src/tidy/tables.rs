//! What tidy allows, as data. A new crate, a new wall or a justified exception is a line here and nowhere else.

/// Where a workspace crate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Imports only from layers with a lower number.
    Layer(u8),
    /// Proves the product from outside: imports like a layer; only the binary (for `verify` and for fault runs) and
    /// dev-dependencies may name it.
    Proof(u8),
    /// Test support: may import anything; only dev-dependencies and other rooms of this kind may name it.
    Development,
    /// Workspace chores: imports no room and no room imports it.
    Tool,
}

/// Every crate of the workspace. A crate that is missing here is a violation.
pub(super) const ROOMS: &[(&str, Place)] = &[
    ("salescope-domain", Place::Layer(0)),
    ("salescope-faults", Place::Layer(0)),
    ("salescope-kpi", Place::Layer(1)),
    ("salescope-alerting", Place::Layer(1)),
    ("salescope-forecast", Place::Layer(1)),
    ("salescope-identity", Place::Layer(1)),
    ("salescope-engine-api", Place::Layer(1)),
    ("salescope-egress", Place::Layer(1)),
    ("salescope-config", Place::Layer(1)),
    ("salescope-telemetry", Place::Layer(1)),
    ("salescope-store", Place::Layer(2)),
    ("salescope-warehouse", Place::Layer(2)),
    ("salescope-cache", Place::Layer(2)),
    ("salescope-connectors", Place::Layer(2)),
    ("salescope-notify", Place::Layer(2)),
    ("salescope-report", Place::Layer(2)),
    ("salescope-actors", Place::Layer(3)),
    ("salescope-node", Place::Layer(4)),
    ("salescope-gateway", Place::Layer(4)),
    (BINARY, Place::Layer(5)),
    ("salescope-oracle", Place::Proof(1)),
    ("salescope-faultfs", Place::Proof(1)),
    ("salescope-testkit", Place::Development),
    ("salescope-e2e", Place::Development),
    ("salescope-loadtest", Place::Development),
    ("xtask", Place::Tool),
];

/// The package of the program itself.
pub(super) const BINARY: &str = "salescope";

/// `(from, to, reason)`: imports that the layers forbid and the design needs all the same. None so far.
pub(super) const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// `(from, to, reason)`: rooms that must not reach each other, directly or through others, not even in tests.
pub(super) const NEVER: &[(&str, &str, &str)] = &[
    ("salescope-oracle", "salescope-kpi", "an oracle that shares code with the engine shares its mistakes"),
    ("salescope-gateway", "salescope-actors", "the gateway reaches the engine only through engine-api"),
    ("salescope-gateway", "salescope-node", "the gateway reaches the engine only through engine-api"),
];

/// A third-party crate that stays in the rooms named.
pub(super) struct Wall {
    /// The crate; its family (`sqlx-core`, `axum-extra`, ...) is meant too.
    pub(super) krate: &'static str,
    /// The rooms that may depend on it, in any section of their manifest.
    pub(super) rooms: &'static [&'static str],
}

/// Every wall.
pub(super) const WALLS: &[Wall] = &[
    Wall { krate: "sqlx", rooms: &["salescope-store", "salescope-faultfs"] },
    Wall { krate: "clickhouse", rooms: &["salescope-warehouse"] },
    Wall { krate: "axum", rooms: &["salescope-gateway", "salescope-node"] },
    Wall { krate: "ractor", rooms: &["salescope-actors", "salescope-node"] },
    Wall { krate: "tonic", rooms: &["salescope-engine-api", "salescope-node", "salescope-gateway"] },
];

/// A longer file needs a line in [`LONG_FILES`].
pub(super) const FILE_LINES_MAX: usize = 400;

/// No file is longer, whatever the reason.
pub(super) const FILE_LINES_LIMIT: usize = 800;

/// From the `fn` to its closing brace: what fits a screen.
pub(super) const FN_LINES_MAX: usize = 70;

/// `(path, reason)`: files that may be longer than [`FILE_LINES_MAX`]. None so far.
pub(super) const LONG_FILES: &[(&str, &str)] = &[];

/// `(manifest, reason)`: crates that restate the workspace's lints in order to change one.
pub(super) const OWN_LINTS: &[(&str, &str)] = &[(
    "crates/faultfs/Cargo.toml",
    "SQLite calls a file system through C functions: one module may be unsafe, in a crate that only tests use",
)];

/// Folders that hold no sources of ours. Hidden folders are left out as well.
pub(super) const FOLDERS_LEFT_OUT: &[&str] = &["target", "node_modules"];

/// The files that tidy reads.
pub(super) const SOURCE_EXTENSIONS: &[&str] = &["rs", "ts", "tsx", "sh", "py"];
