//! Who may import whom among the workspace's own crates: rules `layers` and `never`.

use super::Violation;
use super::graph::{Dependency, Package, Section};
use super::tables::{BINARY, EXCEPTIONS, NEVER, Place, ROOMS};

const LAYERS: &str = "layers";
const NEVER_RULE: &str = "never";

/// Every import that the layer table forbids.
pub(super) fn check(packages: &[Package]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages {
        let Some(place) = place_of(&package.name) else {
            let message = format!("`{}` has no layer: add it to the layer table", package.name);
            violations.push(Violation::new(&package.manifest.path, 1, LAYERS, message));
            continue;
        };
        for dependency in &package.dependencies {
            if let Some(message) = judge(package, place, dependency) {
                violations.push(package.violation(dependency, LAYERS, message));
            }
        }
    }
    violations.extend(NEVER.iter().flat_map(|&pair| check_never(packages, pair)));
    violations
}

fn place_of(name: &str) -> Option<Place> {
    ROOMS.iter().find(|(room, _)| *room == name).map(|&(_, place)| place)
}

/// What is wrong with one import, if anything.
fn judge(package: &Package, from: Place, dependency: &Dependency) -> Option<String> {
    let (source, target) = (package.name.as_str(), dependency.name.as_str());
    let to = place_of(target)?;
    let is_pair = |&(a, b, _): &(&str, &str, &str)| a == source && b == target;
    // A forbidden pair is reported by the rule `never`, with its reason.
    if EXCEPTIONS.iter().any(is_pair) || NEVER.iter().any(is_pair) {
        return None;
    }
    match (from, to, dependency.section) {
        (Place::Tool, _, _) | (_, Place::Tool, _) => {
            Some(format!("`{source}` must not import `{target}`: chores stand apart"))
        }
        (_, _, Section::Dev) | (Place::Development, _, _) => None,
        (_, Place::Development, _) => {
            Some(format!("`{target}` is test support: only dev-dependencies may name it"))
        }
        (_, Place::Proof(_), _) if source == BINARY => None,
        (_, Place::Proof(_), _) => {
            Some(format!("`{target}` is a proof: only `{BINARY}` and dev-dependencies may name it"))
        }
        (Place::Layer(a) | Place::Proof(a), Place::Layer(b), _) if a > b => None,
        (Place::Layer(a) | Place::Proof(a), Place::Layer(b), _) => {
            Some(format!("`{source}` (layer {a}) must not import `{target}` (layer {b}): only lower layers"))
        }
    }
}

/// Whether `from` gets to `to`: by any section of its own manifest, and from there by what is compiled in.
fn check_never(packages: &[Package], (from, to, reason): (&str, &str, &str)) -> Vec<Violation> {
    let Some(package) = packages.iter().find(|package| package.name == from) else { return Vec::new() };
    let mut violations = Vec::new();
    for dependency in &package.dependencies {
        let mut way = vec![from];
        if reaches(packages, &dependency.name, to, &mut way) {
            let message = format!("`{}` must never reach `{to}`: {reason}", way.join("` -> `"));
            violations.push(package.violation(dependency, NEVER_RULE, message));
        }
    }
    violations
}

/// Walks what is compiled in from `name`; `way` ends as the path on success and as it was otherwise.
fn reaches<'a>(packages: &'a [Package], name: &'a str, to: &str, way: &mut Vec<&'a str>) -> bool {
    if way.contains(&name) {
        return false;
    }
    way.push(name);
    if name == to {
        return true;
    }
    let compiled_in = packages
        .iter()
        .filter(|package| package.name == name)
        .flat_map(|package| &package.dependencies)
        .filter(|dependency| dependency.section != Section::Dev);
    for dependency in compiled_in {
        if reaches(packages, &dependency.name, to, way) {
            return true;
        }
    }
    way.pop();
    false
}

#[cfg(test)]
mod tests {
    use super::super::graph::planted::package;
    use super::{Package, Section, Violation, check};

    fn only(packages: &[Package]) -> (String, usize, &'static str, String) {
        let violations = check(packages);
        let [Violation { path, line, rule, message }] = violations.as_slice() else {
            panic!("expected one violation, got {violations:#?}");
        };
        (path.clone(), *line, rule, message.clone())
    }

    #[test]
    fn the_intended_shape_passes() {
        let packages = [
            package("salescope-domain", &[(Section::Dev, "salescope-testkit"), (Section::Normal, "jiff")]),
            package(
                "salescope-kpi",
                &[(Section::Normal, "salescope-domain"), (Section::Dev, "salescope-oracle")],
            ),
            package(
                "salescope-oracle",
                &[(Section::Normal, "salescope-domain"), (Section::Dev, "salescope-testkit")],
            ),
            package("salescope-testkit", &[(Section::Normal, "salescope-domain")]),
            package(
                "salescope-store",
                &[(Section::Normal, "salescope-kpi"), (Section::Build, "salescope-domain")],
            ),
            package(
                "salescope-e2e",
                &[(Section::Normal, "salescope-testkit"), (Section::Normal, "salescope-oracle")],
            ),
            package(
                "salescope",
                &[(Section::Normal, "salescope-store"), (Section::Normal, "salescope-oracle")],
            ),
            package("xtask", &[(Section::Normal, "anyhow")]),
        ];
        assert_eq!(check(&packages), []);
    }

    #[test]
    fn a_crate_outside_the_table_is_reported() {
        let (path, line, rule, message) =
            only(&[package("salescope-attic", &[(Section::Normal, "salescope-kpi")])]);
        assert_eq!((path.as_str(), line, rule), ("crates/attic/Cargo.toml", 1, "layers"));
        assert!(message.ends_with("add it to the layer table"), "{message}");
    }

    #[test]
    fn an_upward_import_is_reported_at_its_line() {
        let planted =
            package("salescope-kpi", &[(Section::Normal, "serde"), (Section::Normal, "salescope-store")]);
        let (path, line, rule, message) = only(&[planted]);
        assert_eq!((path.as_str(), line, rule), ("crates/kpi/Cargo.toml", 5, "layers"));
        assert_eq!(
            message,
            "`salescope-kpi` (layer 1) must not import `salescope-store` (layer 2): only lower layers"
        );
    }

    #[test]
    fn a_sideways_import_is_reported() {
        let (.., rule, message) =
            only(&[package("salescope-store", &[(Section::Build, "salescope-connectors")])]);
        assert_eq!(rule, "layers");
        assert!(message.contains("(layer 2) must not import `salescope-connectors` (layer 2)"), "{message}");
    }

    #[test]
    fn test_support_in_the_product_is_reported() {
        let (.., message) = only(&[package("salescope", &[(Section::Normal, "salescope-testkit")])]);
        assert_eq!(message, "`salescope-testkit` is test support: only dev-dependencies may name it");
    }

    #[test]
    fn the_oracle_in_any_product_crate_but_the_binary_is_reported() {
        let (.., message) = only(&[package("salescope-node", &[(Section::Normal, "salescope-oracle")])]);
        assert_eq!(
            message,
            "`salescope-oracle` is a proof: only `salescope` and dev-dependencies may name it"
        );
    }

    #[test]
    fn chores_and_rooms_stand_apart() {
        let (.., message) = only(&[package("xtask", &[(Section::Normal, "salescope-domain")])]);
        assert_eq!(message, "`xtask` must not import `salescope-domain`: chores stand apart");
        let (.., message) = only(&[package("salescope-e2e", &[(Section::Dev, "xtask")])]);
        assert_eq!(message, "`salescope-e2e` must not import `xtask`: chores stand apart");
    }

    #[test]
    fn the_oracle_never_imports_the_engine_in_any_section() {
        for section in [Section::Normal, Section::Build, Section::Dev] {
            let (path, line, rule, message) =
                only(&[package("salescope-oracle", &[(section, "salescope-kpi")])]);
            assert_eq!((path.as_str(), line, rule), ("crates/oracle/Cargo.toml", 4, "never"));
            assert!(
                message.starts_with("`salescope-oracle` -> `salescope-kpi` must never reach"),
                "{message}"
            );
        }
    }

    #[test]
    fn the_oracle_never_reaches_the_engine_through_others() {
        let packages = [
            package(
                "salescope-oracle",
                &[(Section::Normal, "salescope-domain"), (Section::Dev, "salescope-testkit")],
            ),
            package("salescope-testkit", &[(Section::Normal, "salescope-e2e")]),
            package(
                "salescope-e2e",
                &[(Section::Normal, "salescope-testkit"), (Section::Normal, "salescope-kpi")],
            ),
        ];
        let (path, line, rule, message) = only(&packages);
        assert_eq!((path.as_str(), line, rule), ("crates/oracle/Cargo.toml", 5, "never"));
        let way =
            "`salescope-oracle` -> `salescope-testkit` -> `salescope-e2e` -> `salescope-kpi` must never";
        assert!(message.starts_with(way), "{message}");
    }

    #[test]
    fn what_others_use_in_their_own_tests_is_not_reached() {
        let packages = [
            package("salescope-oracle", &[(Section::Normal, "salescope-domain")]),
            package("salescope-domain", &[(Section::Dev, "salescope-kpi")]),
        ];
        assert_eq!(check(&packages), []);
    }

    #[test]
    fn the_gateway_reaches_neither_actors_nor_node() {
        for room in ["salescope-actors", "salescope-node"] {
            let (.., rule, message) = only(&[package("salescope-gateway", &[(Section::Normal, room)])]);
            assert_eq!(rule, "never");
            assert!(message.ends_with("the gateway reaches the engine only through engine-api"), "{message}");
        }
    }
}
