//! The addresses of the gateway, as a closed list: labels of metrics and of the access log.

macro_rules! routes {
    ($($route:ident = $template:literal;)*) => {
        /// An address.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Route { $($route,)* }

        /// Every address, in the order of their numbers.
        pub(crate) const ROUTES: &[Route] = &[$(Route::$route,)*];

        impl Route {
            /// The address with its variable parts by name.
            pub(crate) fn template(self) -> &'static str {
                match self { $(Self::$route => $template,)* }
            }
        }
    };
}

routes! {
    Events = "/api/v1/events";
    MetricPoints = "/api/v1/metrics";
    Deals = "/api/v1/deals";
    Deal = "/api/v1/deals/{id}";
    People = "/api/v1/people";
    Person = "/api/v1/people/{id}";
    Teams = "/api/v1/teams";
    Team = "/api/v1/teams/{external_id}";
    Quotas = "/api/v1/quotas";
    Quota = "/api/v1/quotas/{id}";
    Rates = "/api/v1/rates";
    Stages = "/api/v1/stages";
    Settings = "/api/v1/settings";
    Organisation = "/api/v1/organisation";
    Dimensions = "/api/v1/dimensions";
    Kpis = "/api/v1/kpis";
    Kpi = "/api/v1/kpis/{id}";
    KpiSeries = "/api/v1/kpis/{id}/series";
    KpiExplanation = "/api/v1/kpis/{id}/explain";
    DeadLetters = "/api/v1/dead-letters";
    DeadLetter = "/api/v1/dead-letters/{tenant_seq}";
    DeadLetterRetry = "/api/v1/dead-letters/{tenant_seq}/retry";
    OpenApi = "/api/openapi.json";
    Reference = "/api/docs";
    ErrorPages = "/errors";
    ErrorPage = "/errors/{code}";
    LiveSocket = "/api/v1/live";
    LiveEvents = "/api/v1/live/events";
    Live = "/livez";
    Ready = "/readyz";
    Prometheus = "/metrics";
    Other = "other";
}

impl Route {
    /// The address of a path.
    pub(crate) fn of(path: &str) -> Self {
        // The two that matter for speed come first.
        match path {
            "/api/v1/events" => return Self::Events,
            "/api/v1/metrics" => return Self::MetricPoints,
            _ => {}
        }
        let fits = |route: &&Self| {
            let mut given = path.split('/');
            let mut wanted = route.template().split('/');
            loop {
                match (given.next(), wanted.next()) {
                    (None, None) => return true,
                    (Some(given), Some(wanted)) if wanted == given => {}
                    (Some(given), Some(wanted)) if wanted.starts_with('{') && !given.is_empty() => {}
                    _ => return false,
                }
            }
        };
        ROUTES.iter().find(fits).copied().unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_address_of_its_shape() {
        assert_eq!(Route::of("/api/v1/events"), Route::Events);
        assert_eq!(Route::of("/api/v1/kpis/win_rate/series"), Route::KpiSeries);
        assert_eq!(Route::of("/api/v1/dead-letters/7/retry"), Route::DeadLetterRetry);
        for other in ["/", "/api/v1/events/", "/api/v1/deals/", "/api/v1/kpis/a/b", "other"] {
            assert_eq!(Route::of(other).template(), "other", "{other}");
        }
    }
}
