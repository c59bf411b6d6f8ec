//! The index takes in what goes on, and nothing else.

use super::*;
use crate::block::{BlockId, Scratch, encode};
use crate::slice::Slice;
use salescope_domain::OrgId;

const ACME: OrgKey = OrgKey(1);
const ZETA: OrgKey = OrgKey(4);

fn index(sealed_block: u64, acme_sealed: u64) -> Index {
    let mut index = Index::new(sealed_block, Instant::from_ms(10));
    index.add_org(ACME, OrgId::new("acme").unwrap(), Instant::from_ms(1), acme_sealed);
    index.add_org(ZETA, OrgId::new("zeta").unwrap(), Instant::from_ms(2), 0);
    index
}

/// One more block, with these first and last entries.
fn apply(index: &mut Index, parts: &[(OrgKey, u64, u64)]) -> Result<(), Damage> {
    let id = BlockId { seq: index.last_block() + 1, epoch: 1, committed_at: Instant::from_ms(11) };
    let slice = |(org, first, last): &(OrgKey, u64, u64)| {
        Slice::from_parts(*org, *first, u32::try_from(last - first + 1).unwrap(), Vec::new())
    };
    let (header, _) = encode(id, &parts.iter().map(slice).collect::<Vec<_>>(), &mut Scratch::default());
    index.apply(id, &header, 100)
}

fn ends(index: &Index) -> [u64; 2] {
    [ACME, ZETA].map(|key| index.head(key).unwrap().last_seq)
}

#[test]
fn parts_go_on_where_the_journal_ends() {
    let mut index = index(0, 0);
    apply(&mut index, &[(ACME, 1, 3), (ZETA, 1, 1), (ACME, 4, 4)]).unwrap();
    apply(&mut index, &[(ZETA, 2, 2)]).unwrap();
    assert_eq!(ends(&index), [4, 2]);
    let pieces = |key, after| index.tail(key, after).unwrap().pieces;
    assert_eq!(pieces(ACME, 0).iter().map(|piece| piece.part).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(pieces(ACME, 3), [Piece { block: 1, first_seq: 4, count: 1, part: 2 }]);
    assert_eq!(pieces(ZETA, 1), [Piece { block: 2, first_seq: 2, count: 1, part: 0 }]);
}

#[test]
fn a_gap_or_an_overlap_is_damage() {
    for first_seq in [3, 5] {
        let mut index = index(0, 0);
        apply(&mut index, &[(ACME, 1, 3)]).unwrap();
        let damage = apply(&mut index, &[(ACME, first_seq, 9)]);
        assert_eq!(damage, Err(Damage::OutOfOrder { key: ACME, first_seq, expected: 4 }));
    }
    let unknown = apply(&mut index(0, 0), &[(OrgKey(9), 1, 1)]);
    assert!(matches!(unknown, Err(Damage::Unreadable(_))));
}

#[test]
fn blocks_of_what_is_sealed_already_are_skipped() {
    let mut index = index(6, 5);
    apply(&mut index, &[(ACME, 1, 2), (ZETA, 1, 1)]).unwrap();
    apply(&mut index, &[(ACME, 3, 5), (ACME, 6, 8)]).unwrap();
    assert_eq!(ends(&index), [8, 1]);
    let tail = index.tail(ACME, 0).unwrap();
    assert_eq!((tail.sealed_seq, tail.pieces.len(), tail.pieces[0].first_seq), (5, 1, 6));
    let gap = apply(&mut self::index(6, 5), &[(ACME, 7, 8)]);
    assert_eq!(gap, Err(Damage::OutOfOrder { key: ACME, first_seq: 7, expected: 6 }));
}

#[test]
fn what_is_sealed_leaves_the_tail_and_its_blocks_go() {
    let mut index = index(0, 0);
    for seq in 1..=5 {
        apply(&mut index, &[(ACME, seq, seq)]).unwrap();
    }
    index.seal(ACME, 3);
    index.delete_blocks(3);
    assert_eq!((index.sealed_block(), index.last_block(), ends(&index)), (3, 5, [5, 0]));
    let blocks: Vec<u64> = index.tail(ACME, 0).unwrap().pieces.iter().map(|piece| piece.block).collect();
    assert_eq!(blocks, [4, 5]);
    apply(&mut index, &[(ACME, 6, 6)]).unwrap();
    assert_eq!((index.last_block(), ends(&index)), (6, [6, 0]));
}

#[test]
fn sealing_begins_past_a_bound_and_ends_at_half_of_each() {
    let mut index = index(0, 0);
    for seq in 1..=10 {
        apply(&mut index, &[(ACME, seq, seq)]).unwrap();
    }
    // Ten blocks of 100 bytes and one part each.
    let all = SealOptions { bytes_max: 1_000, blocks_max: 10, parts_max: 10, ..SealOptions::default() };
    assert_eq!(index.seal_to(&all), None);
    assert_eq!(index.seal_to(&SealOptions { blocks_max: 9, ..all }), Some(6));
    assert_eq!(index.seal_to(&SealOptions { bytes_max: 999, ..all }), Some(6));
    assert_eq!(index.seal_to(&SealOptions { parts_max: 4, ..all }), Some(8));
    assert_eq!(index.seal_to(&SealOptions::everything()), Some(10));
}
