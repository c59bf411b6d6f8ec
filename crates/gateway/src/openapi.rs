//! The OpenAPI document, made from the handlers.

use crate::rest::{dead_letters, deals, kpis, organisation, people, quotas, stages};
use crate::{health, ingest, live};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::{Modify, OpenApi, ToSchema};

/// A refusal, as RFC 9457 has it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the shape of the document; it is written by `Problem`")]
pub(crate) struct ProblemDocument {
    /// Address of the code's page.
    r#type: String,
    /// What the code means, in a few words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What was wrong, where, and what to do.
    detail: Option<String>,
    /// The request's id.
    instance: String,
    /// Stable code.
    code: String,
    /// The code of a refused item, or the parameter to blame.
    reason: Option<String>,
    /// JSON pointer into the body.
    pointer: Option<String>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Salescope",
        description = "Live sales performance: events in, KPIs out. Every refusal is a problem document whose type is a page under /errors. Rules of versions and deprecation: docs/api.md."
    ),
    paths(
        ingest::events,
        ingest::metrics,
        deals::list,
        deals::get,
        deals::put,
        kpis::list,
        kpis::get,
        kpis::series,
        kpis::explain,
        live::open,
        live::events,
        kpis::add,
        organisation::dimensions,
        people::people,
        people::put_person,
        people::erase,
        people::teams,
        people::put_team,
        quotas::quotas,
        quotas::put_quota,
        quotas::rates,
        quotas::put_rates,
        organisation::organisation,
        organisation::settings,
        organisation::change,
        stages::stages,
        stages::put,
        dead_letters::list,
        dead_letters::retry,
        dead_letters::drop_letter,
        health::live,
        health::ready,
        health::prometheus,
    ),
    components(schemas(ProblemDocument, ingest::ItemResult)),
    modifiers(&Finish),
    tags(
        (name = "intake", description = "Events and metric points"),
        (name = "deals", description = "Deals, one by one"),
        (name = "kpis", description = "Figures, over time, and why they are what they are"),
        (name = "live", description = "Every change as it happens"),
        (name = "people", description = "People and teams"),
        (name = "quotas", description = "Quotas and exchange rates"),
        (name = "organisation", description = "The organisation, its settings and its funnel"),
        (name = "dead letters", description = "Entries that were stored and cannot be applied"),
        (name = "operation", description = "Health and metrics: without a key")
    )
)]
struct Document;

/// The tag of what needs no key.
const OPEN_TAG: &str = "operation";

struct Finish;

impl Modify for Finish {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document.servers = Some(vec![Server::new("/")]);
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key, as `salescope admin create-key` prints it once."));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(key.build()));
        let needed = utoipa::openapi::security::SecurityRequirement::new("key", Vec::<String>::new());
        for item in document.paths.paths.values_mut() {
            let operations =
                [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
            for operation in operations.into_iter().flatten() {
                let is_open = operation.tags.iter().flatten().any(|tag| tag == OPEN_TAG);
                operation.security = Some(if is_open { Vec::new() } else { vec![needed.clone()] });
            }
        }
    }
}

/// The OpenAPI 3.1 document as JSON.
#[must_use]
pub fn openapi() -> String {
    let mut text = Document::openapi().to_pretty_json().expect("the document is JSON");
    text.push('\n');
    text
}
