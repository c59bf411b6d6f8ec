//! Conversion into the organisation's currency.

use crate::{
    Context,
    print::{self, Exact, whole},
};
use num_bigint::BigInt;
use salescope_domain::{Currency, Date, Decimal, FxPolicy, HomeAmount};

/// An amount as its deal states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) minor: i128,
    pub(crate) currency: Currency,
    pub(crate) home: Option<HomeAmount>,
}

/// An exact decimal.
pub(crate) fn exact(value: Decimal) -> Exact {
    Exact::new(value.mantissa().into(), BigInt::from(10).pow(value.scale().into()))
}

/// Minor units of `to` for one minor unit of `from`, at the rate in force on `date` (or the constant date).
///
/// # Errors
/// The currency that has no rate.
pub(crate) fn factor(context: &Context, from: Currency, date: Date) -> Result<Exact, Currency> {
    let home = context.world.settings.currency;
    if from == home {
        return Ok(whole(1));
    }
    let date = match context.world.settings.fx_policy {
        FxPolicy::Constant(constant) => constant,
        FxPolicy::AsOfClose | FxPolicy::Crm => date,
    };
    let rates = context.world.rates.iter();
    let in_force = rates
        .filter(|rate| rate.currency == from && rate.home == home && rate.date <= date)
        .max_by_key(|rate| (rate.date, rate.seq))
        .ok_or(from)?;
    let up = BigInt::from(10).pow(home.decimals().into());
    let down = BigInt::from(10).pow(from.decimals().into());
    Ok(exact(in_force.rate) * Exact::new(up, down))
}

/// `part` of `amount` in minor units of the organisation's currency, at the rate of `date`, rounded once.
///
/// # Errors
/// The currency that cannot be converted.
pub(crate) fn convert(
    context: &Context,
    amount: Amount,
    part: &BigInt,
    date: Date,
) -> Result<BigInt, Currency> {
    let home = context.world.settings.currency;
    if context.world.settings.fx_policy != FxPolicy::Crm || amount.currency == home {
        let factor = factor(context, amount.currency, date)?;
        return Ok(print::half_even(&(whole(part.clone()) * factor)));
    }
    let own = amount.home.filter(|own| own.currency == home).ok_or(amount.currency)?;
    let all = BigInt::from(amount.minor);
    if *part == all {
        return Ok(own.minor.into());
    }
    if all == BigInt::from(0) {
        return Ok(all);
    }
    Ok(print::half_even(&Exact::new(part * own.minor, all)))
}
