//! Metric points.

use super::{Figures, by_group};
use crate::{
    Context,
    dims::{place, region_of, team_of},
    facts::{Placed, keys, of},
    figure::{Figure, Unit, count, quotient},
    money,
    print::{Exact, whole},
};
use salescope_domain::{Dimension, FieldName, Instant, Label, MetricPoint, PersonId, TeamId, query::NONE};

/// A point that counts.
#[derive(Debug, Clone)]
struct Point {
    value: Exact,
    /// Time, then position in the journal.
    order: (Instant, u64),
}

/// `aggregate` of the points of `metric_type` in the range.
pub(super) fn metric(context: &Context) -> Figures {
    let Some(metric_type) = context.query.params.get("metric_type") else { return Figures::new() };
    let aggregate = context.query.params.get("aggregate").map_or("sum", String::as_str);
    let mut points = Vec::new();
    for (seq, point) in &context.world.points {
        if point.metric_type.as_str() != metric_type || !context.span.contains(point.time) {
            continue;
        }
        if let Some(key) = place(&context.query, |dimension| text(context, point, dimension)) {
            let fact = Point { value: money::exact(point.value), order: (point.time, *seq) };
            points.push(Placed { key, fact });
        }
    }
    by_group(context, keys(&points), |key| {
        let points = of(&points, key);
        Figure::new(aggregated(aggregate, &points), Unit::Number, points.len())
    })
}

fn aggregated(aggregate: &str, points: &[&Point]) -> Option<Exact> {
    let values = || points.iter().map(|point| point.value.clone());
    let sum = values().sum::<Exact>();
    match aggregate {
        "mean" => quotient(Some(sum), Some(whole(count(points.len())))),
        "last" => points.iter().max_by_key(|point| point.order).map(|point| point.value.clone()),
        "min" => values().min(),
        "max" => values().max(),
        _ => Some(sum),
    }
}

/// What the point states; its owner gives team and region where it does not.
fn text(context: &Context, point: &MetricPoint, dimension: &Dimension) -> String {
    let stated = |name: &str| {
        let field = FieldName::new(name).expect("a dimension's name is a field name");
        point.dimensions.get(&field).cloned()
    };
    let owner = stated("owner").and_then(|owner| PersonId::new(owner.as_str()).ok());
    let stated_team = stated("team").and_then(|team| TeamId::new(team.as_str()).ok());
    let team = stated_team.or(team_of(context, owner.as_ref()));
    let text = match dimension {
        Dimension::Source => Some(point.source.to_string()),
        Dimension::Team => team.as_ref().map(TeamId::to_string),
        Dimension::Region => region_of(context, stated("region"), owner.as_ref(), team.as_ref()),
        other => stated(&other.to_string()).as_ref().map(Label::to_string),
    };
    text.unwrap_or_else(|| NONE.to_owned())
}
