//! The fields of a deal that an event sets.
//!
//! Invariant: an amount is in the currency that the same event states, else in the organisation's, and both are set.

use super::build::{Defaults, Ids, map_patch};
use super::draft::Draft;
use super::member::Member;
use super::reject::{Place, Rejection};
use super::scan::pairs;
use super::value::Value;
use salescope_domain::{
    AccountId, Currency, Date, DealFields, FieldName, HomeAmount, Instant, Label, Patch, PipelineId,
    ProductId, ProductLine, StageId, limits,
};
use serde_json::value::RawValue;

type Built<T> = Result<T, Rejection>;

impl<'a> Draft<'a> {
    pub(super) fn deal_fields(&self, ids: &impl Ids, defaults: &Defaults<'_>) -> Built<DealFields> {
        let (amount_minor, currency) = self.amount(defaults)?;
        let mut set = DealFields {
            owner: map_patch(&self.owner, |external| self.person(external, ids))?,
            team: map_patch(&self.team, |external| self.team_id(external, ids))?,
            name: self.patch(Member::Name, |value| value.id(Label::new))?,
            region: self.patch(Member::Region, |value| value.id(Label::new))?,
            account: self.patch(Member::Account, |value| value.id(AccountId::new))?,
            amount_minor,
            currency,
            amount_home: self.amount_home()?,
            pipeline: self.patch(Member::Pipeline, |value| value.id(PipelineId::new))?,
            stage: self.patch(Member::Stage, |value| value.id(StageId::new))?,
            probability: self.patch(Member::Probability, Value::decimal)?,
            close_date: self.patch(Member::CloseDate, |value| local_date(value, defaults))?,
            forecast_category: self.patch(Member::ForecastCategory, Value::word)?,
            status: self.patch(Member::Status, Value::word)?,
            created_on: self.patch(Member::CreatedOn, |value| local_date(value, defaults))?,
            products: self.patch(Member::Product, |value| lines(value, currency))?,
            lead_source: self.patch(Member::LeadSource, |value| value.id(Label::new))?,
            ..DealFields::default()
        };
        for (parent, (key, raw)) in self.own() {
            let place = Place { parent: parent.name(), key };
            let name =
                FieldName::new(key).map_err(|error| place.reject("invalid_text", error.to_string()))?;
            let text = Value { raw, place }.own_text()?;
            let label = text.map(|text| Label::new(&text)).transpose();
            set.custom.insert(name, label.map_err(|error| place.reject("invalid_text", error.to_string()))?);
        }
        Ok(set)
    }

    /// A member that keeps where it is absent and clears where it is null or blank.
    fn patch<T>(&self, member: Member, read: impl FnOnce(Value<'a>) -> Built<Option<T>>) -> Built<Patch<T>> {
        self.members.get(member).map_or(Ok(Patch::Keep), |value| read(value).map(Patch::from))
    }

    fn amount(&self, defaults: &Defaults<'_>) -> Built<(Patch<i64>, Patch<Currency>)> {
        let stated = self.patch(Member::Currency, Value::currency)?;
        let currency = stated.value().copied().unwrap_or(defaults.currency);
        let amount = self.patch(Member::Amount, |value| value.money(currency))?;
        Ok(match amount {
            Patch::Set(money) => (Patch::Set(money.minor), Patch::Set(currency)),
            Patch::Clear => (Patch::Clear, stated),
            Patch::Keep => (Patch::Keep, stated),
        })
    }

    fn amount_home(&self) -> Built<Patch<HomeAmount>> {
        let Some(amount) = self.members.get(Member::AmountHome) else { return Ok(Patch::Keep) };
        if amount.is_null() {
            return Ok(Patch::Clear);
        }
        let currency = self.members.get(Member::HomeCurrency).map_or(Ok(None), Value::currency)?;
        let missing = || {
            let place = self.members.place(Member::HomeCurrency, "home_currency");
            place.reject("currency_missing", "an amount needs its currency")
        };
        let currency = currency.ok_or_else(missing)?;
        let money = amount.money(currency)?;
        Ok(money.map(|money| HomeAmount { minor: money.minor, currency }).into())
    }
}

/// A date, or the date of an instant in the organisation's zone.
fn local_date(value: Value<'_>, defaults: &Defaults<'_>) -> Built<Option<Date>> {
    let is_instant = value.text()?.is_some_and(|text| text.contains(':'));
    if is_instant {
        return Ok(value.time()?.map(|at: Instant| defaults.zone.local_date(at)));
    }
    value.date()
}

/// One product, or a list of them; each by its id, or as a line with a total.
fn lines(value: Value<'_>, currency: Patch<Currency>) -> Built<Option<Vec<ProductLine>>> {
    if value.raw.starts_with('{') {
        return Ok(Some(vec![line(value, currency)?]));
    }
    if !value.raw.starts_with('[') {
        let product = value.id(ProductId::new)?;
        return Ok(product.map(|product| vec![ProductLine { product, total_minor: None, quantity: None }]));
    }
    let wrong = |_| value.place.reject("invalid_type", "is not a list of products");
    let items: Vec<&RawValue> = serde_json::from_str(value.raw).map_err(wrong)?;
    if items.len() > limits::PRODUCT_LINES_MAX {
        let message = format!("holds {} items; the most is {}", items.len(), limits::PRODUCT_LINES_MAX);
        return Err(value.place.reject("too_many", message));
    }
    let read = |item: &RawValue| line(Value { raw: item.get(), place: value.place }, currency);
    items.into_iter().map(read).collect::<Built<Vec<_>>>().map(Some)
}

fn line(value: Value<'_>, currency: Patch<Currency>) -> Built<ProductLine> {
    let place = value.place;
    let nameless = || place.reject("missing_member", "has a line that names no product");
    if !value.raw.starts_with('{') {
        let product = value.id(ProductId::new)?.ok_or_else(nameless)?;
        return Ok(ProductLine { product, total_minor: None, quantity: None });
    }
    let (mut product, mut name, mut total, mut quantity, mut own) = (None, None, None, None, None);
    for (key, raw) in pairs(value)? {
        let member = Value { raw, place };
        match key.as_ref() {
            "product_id" | "product" | "id" => product = member.id(ProductId::new)?,
            "name" => name = member.id(ProductId::new)?,
            "total" => total = Some(member).filter(|total| !total.is_null()),
            "quantity" => quantity = member.decimal()?,
            "currency" => own = member.currency()?,
            _ => {}
        }
    }
    let deal_currency = currency.value().copied();
    if own.is_some() && deal_currency.is_some() && own != deal_currency {
        return Err(place.reject("currency_differs", "has a line in another currency than the deal's"));
    }
    let total_minor = match total {
        None => None,
        Some(total) => {
            let missing =
                || place.reject("currency_missing", "a line's total needs the deal's currency in the event");
            total.money(deal_currency.ok_or_else(missing)?)?.map(|money| money.minor)
        }
    };
    Ok(ProductLine { product: product.or(name).ok_or_else(nameless)?, total_minor, quantity })
}
