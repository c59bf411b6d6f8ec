//! The ledger: what the server must hold after a run, by organisation. Kept outside the server, written as one JSON line
//! for the run and one for each organisation that was sent anything.

use crate::decimal;
use anyhow::{Context, Result};
use salescope_domain::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// What is said of the whole run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LedgerHead {
    /// Part of every id that the run sent.
    pub(crate) tag: u32,
    /// The close date of every deal that the run closed.
    pub(crate) closed_on: Date,
    /// Requests whose end stayed unknown, however often they were repeated. Unless zero, no recount can be exact.
    pub(crate) unresolved: u64,
}

/// Where a deal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DealStatus {
    /// No statement about it was accepted.
    Absent,
    /// In a stage.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// A deal's last accepted statement: version, status, amount in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DealState(pub(crate) u16, pub(crate) DealStatus, pub(crate) u32);

/// The accepted additive facts of one type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FactSum {
    /// How many.
    pub(crate) count: u64,
    /// The sum of their amounts, in hundredths.
    #[serde(serialize_with = "write_hundredths", deserialize_with = "read_hundredths")]
    pub(crate) sum: i128,
}

/// What one organisation must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OrgLedger {
    /// Its short name.
    pub(crate) org: String,
    /// Accepted items: each is one journal entry.
    pub(crate) accepted: u64,
    /// By [`super::FACT_TYPES`], in their order.
    pub(crate) facts: Vec<FactSum>,
    /// By the deals' numbers.
    pub(crate) deals: Vec<DealState>,
}

/// A run's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// The run.
    pub(crate) head: LedgerHead,
    /// Its organisations.
    pub(crate) orgs: Vec<OrgLedger>,
}

impl OrgLedger {
    /// Deals of a status and the sum of their amounts, in hundredths.
    pub(crate) fn deals_of(&self, wanted: DealStatus) -> FactSum {
        let deals = self.deals.iter().filter(|DealState(_, status, _)| *status == wanted);
        deals.fold(FactSum::default(), |total, DealState(_, _, cents)| FactSum {
            count: total.count + 1,
            sum: total.sum + i128::from(*cents),
        })
    }
}

impl Ledger {
    /// Writes the ledger, and waits until it is on the disk.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let file = std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut out = BufWriter::new(file);
        serde_json::to_writer(&mut out, &self.head)?;
        for org in &self.orgs {
            out.write_all(b"\n")?;
            serde_json::to_writer(&mut out, org)?;
        }
        out.write_all(b"\n")?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(())
    }

    /// Reads a ledger.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut lines = BufReader::new(file).lines();
        let head = lines.next().with_context(|| format!("{} is empty", path.display()))??;
        let not_ours = || format!("{} is no ledger", path.display());
        let head = serde_json::from_str(&head).with_context(not_ours)?;
        let orgs = lines.map(|line| serde_json::from_str(&line?).with_context(not_ours));
        Ok(Self { head, orgs: orgs.collect::<Result<_>>()? })
    }
}

fn write_hundredths<S: Serializer>(value: &i128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&decimal::text_of(*value))
}

fn read_hundredths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
    let text = String::deserialize(deserializer)?;
    decimal::hundredths_of(&text)
        .ok_or_else(|| serde::de::Error::custom(format!("{text} is no decimal of two places")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn org_ledger() -> impl Strategy<Value = OrgLedger> {
        let status = prop_oneof![
            Just(DealStatus::Absent),
            Just(DealStatus::Open),
            Just(DealStatus::Won),
            Just(DealStatus::Lost)
        ];
        let deal = (any::<u16>(), status, any::<u32>())
            .prop_map(|(version, status, cents)| DealState(version, status, cents));
        let fact =
            (any::<u64>(), any::<i64>()).prop_map(|(count, sum)| FactSum { count, sum: i128::from(sum) });
        let parts =
            ("[a-z]{1,9}", any::<u64>(), prop::collection::vec(fact, 3), prop::collection::vec(deal, 0..9));
        parts.prop_map(|(org, accepted, facts, deals)| OrgLedger { org, accepted, facts, deals })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_written_ledger_is_read_back(tag: u32, unresolved: u64, orgs in prop::collection::vec(org_ledger(), 0..5)) {
            let head = LedgerHead { tag, closed_on: Date::from_days(20_000), unresolved };
            let ledger = Ledger { head, orgs };
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ledger.jsonl");
            ledger.write(&path).unwrap();
            prop_assert_eq!(Ledger::read(&path).unwrap(), ledger);
        }
    }

    #[test]
    fn deals_are_summed_by_status() {
        let deals = [
            DealState(4, DealStatus::Won, 150),
            DealState(1, DealStatus::Open, 7),
            DealState(4, DealStatus::Won, 1),
        ];
        let org = OrgLedger { org: "a".into(), accepted: 9, facts: Vec::new(), deals: deals.to_vec() };
        assert_eq!(org.deals_of(DealStatus::Won), FactSum { count: 2, sum: 151 });
        assert_eq!(org.deals_of(DealStatus::Lost), FactSum::default());
    }
}
