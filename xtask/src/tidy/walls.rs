//! Which rooms may depend on a third-party crate that has a room of its own: rule `walls`.

use super::Violation;
use super::graph::Package;
use super::tables::WALLS;

/// Every dependency, tests included, on a crate whose room is another.
pub(super) fn check(packages: &[Package]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages {
        for dependency in &package.dependencies {
            for wall in WALLS {
                if is_of_family(&dependency.name, wall.krate) && !wall.rooms.contains(&package.name.as_str())
                {
                    let rooms = wall.rooms.join("`, `");
                    let message = format!("`{}` stays in `{rooms}`", dependency.name);
                    violations.push(package.violation(dependency, "walls", message));
                }
            }
        }
    }
    violations
}

/// `sqlx`, `sqlx-core` and `ractor_cluster` belong to `sqlx` and `ractor`; `axumite` does not belong to `axum`.
fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

#[cfg(test)]
mod tests {
    use super::super::graph::Section;
    use super::super::graph::planted::package;
    use super::super::tables::WALLS;
    use super::{Violation, check};

    #[test]
    fn each_walled_crate_is_reported_outside_its_rooms_and_passes_within() {
        for wall in WALLS {
            let outside =
                package("salescope-report", &[(Section::Normal, "csv"), (Section::Normal, wall.krate)]);
            let message = format!("`{}` stays in `{}`", wall.krate, wall.rooms.join("`, `"));
            assert_eq!(check(&[outside]), [Violation::new("crates/report/Cargo.toml", 5, "walls", message)]);
            for room in wall.rooms {
                assert_eq!(check(&[package(room, &[(Section::Normal, wall.krate)])]), []);
            }
        }
    }

    #[test]
    fn a_wall_holds_in_tests_and_for_the_whole_family() {
        let planted = package("salescope-kpi", &[(Section::Dev, "sqlx-core"), (Section::Dev, "axumite")]);
        let found = Violation::new(
            "crates/kpi/Cargo.toml",
            4,
            "walls",
            "`sqlx-core` stays in `salescope-store`, `salescope-faultfs`",
        );
        assert_eq!(check(&[planted]), [found]);
    }
}
