//! What of the blocks can be relied on, decided block by block. Pure.
//!
//! Invariant: of each organisation, what is kept is all of its parts up to the first with an entry that is missing or
//! damaged, and none after it. One organisation's damage costs no other organisation an entry.

use super::{FindingKind, Findings};
use crate::block::Part;
use crate::frame::{self, Frame};
use crate::{Damage, OrgKey};
use salescope_domain::OrgId;
use std::collections::{BTreeMap, BTreeSet};

/// An organisation, as far as the walk has come.
#[derive(Debug)]
struct End {
    org: OrgId,
    sealed_seq: u64,
    /// The last entry that can be relied on.
    last_seq: u64,
    /// Whether there was an entry that cannot be relied on.
    is_broken: bool,
    /// Entries that are there and not kept.
    left_out: u64,
}

/// What became of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) org: OrgId,
    pub(crate) last_seq: u64,
    pub(crate) is_broken: bool,
    pub(crate) left_out: u64,
}

/// A block, as it was found.
#[derive(Debug)]
pub(crate) enum Seen<'a> {
    /// Its header says which parts it has; its body was opened, or is damaged.
    Parts(&'a [Part], Result<&'a [u8], Damage>),
    /// Not even its header can be read.
    Unreadable(Damage),
    Missing,
}

/// The walk through the blocks.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    ends: BTreeMap<OrgKey, End>,
    /// Organisations that are on their way out: their entries are not looked at.
    erasing: BTreeSet<OrgKey>,
    pub(crate) findings: Findings,
    /// Entries that are kept.
    pub(crate) entries: u64,
}

impl Survey {
    /// A walk that begins, after what was found before.
    pub(crate) fn new(findings: Findings) -> Self {
        Self { findings, ..Self::default() }
    }

    /// Takes in an organisation with its sealed entries.
    pub(crate) fn add_org(&mut self, key: OrgKey, org: OrgId, sealed_seq: u64) {
        let end = End { org, sealed_seq, last_seq: sealed_seq, is_broken: false, left_out: 0 };
        self.ends.insert(key, end);
    }

    /// Takes note of an organisation whose erasure is not finished.
    pub(crate) fn add_erasing(&mut self, key: OrgKey) {
        self.erasing.insert(key);
    }

    /// Looks at the next block. Answers for each of its parts whether it is kept.
    pub(crate) fn block(&mut self, seq: u64, seen: &Seen<'_>) -> Vec<bool> {
        match seen {
            Seen::Missing => {
                self.findings.block(FindingKind::BlockMissing, seq, "is missing");
                Vec::new()
            }
            Seen::Unreadable(damage) => {
                let told = format!("is damaged: {damage}; whose entries it held is not known");
                self.findings.block(FindingKind::BlockDamaged, seq, &told);
                Vec::new()
            }
            Seen::Parts(parts, body) => {
                if let Err(damage) = body {
                    self.findings.block(FindingKind::BlockDamaged, seq, &format!("is damaged: {damage}"));
                }
                parts.iter().map(|part| self.part(seq, part, body)).collect()
            }
        }
    }

    fn part(&mut self, seq: u64, part: &Part, body: &Result<&[u8], Damage>) -> bool {
        if self.erasing.contains(&part.org) {
            return body.is_ok();
        }
        let Some(end) = self.ends.get_mut(&part.org) else {
            self.findings.unknown_org(part.org, seq);
            return false;
        };
        let is_sealed = end.last_seq == end.sealed_seq && part.last_seq() <= end.sealed_seq;
        if is_sealed {
            // It was left behind by a crash. Nothing reads it any more.
            return body.is_ok();
        }
        if end.is_broken {
            end.left_out += u64::from(part.count);
            return false;
        }
        let overlaps_sealed = end.last_seq == end.sealed_seq && part.first_seq <= end.sealed_seq;
        let expected = end.last_seq + 1;
        let trouble = if part.first_seq != expected && !overlaps_sealed {
            let range = (expected.min(part.first_seq), part.last_seq());
            let why =
                format!("the journal goes on at entry {expected}, and they begin at {}", part.first_seq);
            Some((FindingKind::Gap, range, why))
        } else {
            let opened = body.as_ref().map_err(|damage| (part.first_seq, damage.clone()));
            let read = opened.and_then(|body| read_frames(part, body));
            read.err().map(|(tenant_seq, damage)| {
                (FindingKind::BlockDamaged, (tenant_seq, part.last_seq()), damage.to_string())
            })
        };
        match trouble {
            None => {
                self.entries += part.last_seq() - end.last_seq;
                end.last_seq = part.last_seq();
                true
            }
            Some((kind, range, why)) => {
                end.is_broken = true;
                end.left_out += u64::from(part.count);
                self.findings.entries(kind, &end.org, seq, range, &why);
                false
            }
        }
    }

    /// The organisation's last entry that can be relied on; `None` for an unknown one.
    pub(crate) fn last_seq(&self, key: OrgKey) -> Option<u64> {
        self.ends.get(&key).map(|end| end.last_seq)
    }

    /// What became of every organisation.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (OrgKey, Outcome)> {
        self.ends.iter().map(|(key, end)| {
            let End { org, last_seq, is_broken, left_out, .. } = end;
            let (org, last_seq) = (org.clone(), *last_seq);
            (*key, Outcome { org, last_seq, is_broken: *is_broken, left_out: *left_out })
        })
    }
}

/// Whether a part holds as many entries as it says, each of a form that this version knows. Names the first that does not.
fn read_frames(part: &Part, body: &[u8]) -> Result<(), (u64, Damage)> {
    let mut frames = part.frames(body);
    for tenant_seq in part.first_seq..=part.last_seq() {
        let frame = Frame::take(&mut frames).ok_or_else(|| (tenant_seq, frame::not_a_frame()))?;
        frame.read().map_err(|damage| (tenant_seq, damage))?;
    }
    if frames.is_empty() { Ok(()) } else { Err((part.last_seq(), frame::not_a_frame())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ORGS: u32 = 3;

    /// One block: its organisations' parts, each of as many entries.
    type Shape = Vec<(u32, u32)>;

    fn shape() -> impl Strategy<Value = Shape> {
        prop::collection::vec((0..ORGS, 1_u32..4), 1..5)
    }

    /// A part's entry.
    const ENTRY: &[u8] = br#"{"settings":{"version":{"basis":"stated","number":1}}}"#;

    /// Lays the blocks out: parts and bodies.
    fn lay_out(shapes: &[Shape]) -> Vec<(Vec<Part>, Vec<u8>)> {
        let mut next = [1_u64; ORGS as usize];
        let lay = |shape: &Shape| {
            let (mut parts, mut body) = (Vec::new(), Vec::new());
            for (org, count) in shape {
                let offset = u32::try_from(body.len()).unwrap();
                for _ in 0..*count {
                    let frame = Frame {
                        known_at: None,
                        observed_at: salescope_domain::Instant::from_ms(1),
                        form: frame::Form::Json,
                        payload: ENTRY,
                    };
                    frame.put(&mut body);
                }
                let len = u32::try_from(body.len()).unwrap() - offset;
                let first_seq = next[*org as usize];
                next[*org as usize] += u64::from(*count);
                parts.push(Part { org: OrgKey(*org), first_seq, count: *count, offset, len });
            }
            (parts, body)
        };
        shapes.iter().map(lay).collect()
    }

    fn survey() -> Survey {
        let mut survey = Survey::default();
        for number in 0..ORGS {
            survey.add_org(OrgKey(number), OrgId::new(&format!("org-{number}")).unwrap(), 0);
        }
        survey
    }

    proptest! {
        #[test]
        fn a_sound_journal_is_kept_whole(shapes in prop::collection::vec(shape(), 0..12)) {
            let mut survey = survey();
            for ((parts, body), seq) in lay_out(&shapes).iter().zip(1..) {
                let kept = survey.block(seq, &Seen::Parts(parts, Ok(body)));
                prop_assert!(kept.iter().all(|kept| *kept) && kept.len() == parts.len());
            }
            let entries: u64 = shapes.iter().flatten().map(|(_, count)| u64::from(*count)).sum();
            prop_assert_eq!((survey.entries, survey.findings.listed.len()), (entries, 0));
        }

        #[test]
        fn what_is_kept_of_each_organisation_ends_where_its_damage_begins(
            shapes in prop::collection::vec(shape(), 1..12),
            bad in any::<prop::sample::Index>(),
            how in 0..3,
        ) {
            let bad = bad.index(shapes.len());
            let blocks = lay_out(&shapes);
            let mut survey = survey();
            let mut expected = [0_u64; ORGS as usize];
            let hit: Vec<u32> = shapes[bad].iter().map(|(org, _)| *org).collect();
            for (number, (parts, body)) in blocks.iter().enumerate() {
                let seen = match how {
                    _ if number != bad => Seen::Parts(parts, Ok(body)),
                    0 => Seen::Missing,
                    1 => Seen::Unreadable(Damage::Checksum),
                    _ => Seen::Parts(parts, Err(Damage::Checksum)),
                };
                let kept = survey.block(number as u64 + 1, &seen);
                for (part, kept) in parts.iter().zip(kept) {
                    let should = number < bad || !hit.contains(&part.org.0);
                    prop_assert_eq!(kept, should && number != bad);
                    if kept {
                        expected[part.org.0 as usize] = part.last_seq();
                    }
                }
            }
            let ends: Vec<u64> = (0..ORGS).map(|org| survey.last_seq(OrgKey(org)).unwrap()).collect();
            prop_assert_eq!(ends, expected);
            prop_assert!(!survey.findings.listed.is_empty());
        }
    }

    #[test]
    fn blocks_that_are_sealed_already_break_nothing_when_they_are_damaged() {
        let blocks = lay_out(&[vec![(0, 2)], vec![(0, 3)], vec![(0, 1)]]);
        let mut survey = Survey::default();
        survey.add_org(OrgKey(0), OrgId::new("acme").unwrap(), 5);
        let (parts, body): (Vec<_>, Vec<_>) = blocks.into_iter().unzip();
        assert_eq!(survey.block(1, &Seen::Parts(&parts[0], Err(Damage::Checksum))), [false]);
        assert_eq!(survey.block(2, &Seen::Parts(&parts[1], Ok(&body[1]))), [true]);
        assert_eq!(survey.block(3, &Seen::Parts(&parts[2], Ok(&body[2]))), [true]);
        let (_, outcome) = survey.outcomes().next().unwrap();
        assert_eq!((outcome.last_seq, outcome.is_broken, outcome.left_out), (6, false, 0));
    }

    #[test]
    fn an_entry_of_an_unknown_form_is_named() {
        let (parts, mut body) = lay_out(&[vec![(1, 3)]]).remove(0);
        let third = body.len() - ENTRY.len();
        body[third..].copy_from_slice(&vec![b'x'; ENTRY.len()]);
        let mut survey = survey();
        assert_eq!(survey.block(9, &Seen::Parts(&parts, Ok(&body))), [false]);
        let finding = &survey.findings.listed[0];
        assert_eq!((finding.block, finding.from_seq, finding.to_seq), (Some(9), Some(3), Some(3)));
        assert!(finding.sentence.contains("org-1"), "{}", finding.sentence);
    }
}
