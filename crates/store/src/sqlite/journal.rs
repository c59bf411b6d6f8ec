//! The journal's port: what is asked of memory, and reading entries from blocks.

use super::SqliteStore;
use super::blocks::Unopened;
use crate::frame::{self, Frame};
use crate::index::{Piece, Tail};
use crate::{CommitError, Committed, Damage, Journal, OrgHead, OrgKey, Slice, StoreError};
use async_trait::async_trait;
use salescope_domain::{Entry, Instant, OrgId};
use salescope_engine_api::JournalStats;

#[async_trait]
impl Journal for SqliteStore {
    fn epoch(&self) -> u64 {
        self.epoch
    }

    async fn create_orgs(
        &self,
        orgs: &[OrgId],
        now: Instant,
    ) -> Result<Vec<Result<OrgKey, StoreError>>, StoreError> {
        self.create_all(orgs, now).await
    }

    fn heads(&self) -> Vec<OrgHead> {
        self.index.read().heads()
    }

    fn head(&self, key: OrgKey) -> Option<OrgHead> {
        self.index.read().head(key)
    }

    fn find(&self, org: &OrgId) -> Option<OrgKey> {
        self.index.read().find(org)
    }

    async fn commit(&self, slices: Vec<Slice>, now: Instant) -> Result<Committed, CommitError> {
        self.commit_block(&slices, now).await
    }

    async fn read(&self, key: OrgKey, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let mut page = Page {
            next_seq: after.saturating_add(1),
            room: limit.min(self.options.entries_per_read_max),
            bytes_left: self.options.read_bytes_max,
            entries: Vec::new(),
        };
        loop {
            let tail = self.tail(key, page.next_seq - 1)?;
            if page.is_full() || page.next_seq > tail.last_seq {
                return Ok(page.entries);
            }
            if page.next_seq <= tail.sealed_seq {
                self.read_segment(key, &tail, &mut page).await?;
                continue;
            }
            match self.read_tail(key, &tail, &mut page).await? {
                Progress::End => return Ok(page.entries),
                // Blocks were sealed while they were read: look where they are now.
                Progress::Moved => {}
            }
        }
    }

    async fn stats(&self, key: OrgKey) -> Result<JournalStats, StoreError> {
        let last_tenant_seq = self.tail(key, 0)?.last_seq;
        // What is kept has no gap: a journal with one does not open.
        let entries = last_tenant_seq + 1 - self.history.stats(key).await?.horizon_seq;
        Ok(JournalStats { entries, last_tenant_seq })
    }
}

/// What is read so far.
struct Page {
    next_seq: u64,
    room: usize,
    bytes_left: usize,
    entries: Vec<Entry>,
}

impl Page {
    fn is_full(&self) -> bool {
        self.room == 0 || self.bytes_left == 0
    }

    fn take(&mut self, tenant_seq: u64, frame: &Frame<'_>, committed_at: Instant) -> Result<(), Damage> {
        let payload = frame.read()?;
        let (known_at, observed_at) = (frame.known_at(committed_at), frame.observed_at);
        self.entries.push(Entry { tenant_seq, known_at, observed_at, payload });
        self.next_seq = tenant_seq + 1;
        self.room -= 1;
        self.bytes_left = self.bytes_left.saturating_sub(frame.payload.len());
        Ok(())
    }
}

enum Progress {
    End,
    Moved,
}

impl SqliteStore {
    pub(super) fn tail(&self, key: OrgKey, after: u64) -> Result<Tail, StoreError> {
        self.index.read().tail(key, after).ok_or(StoreError::UnknownOrgKey { key })
    }

    /// Reads from the segment that holds the page's next entry.
    async fn read_segment(&self, key: OrgKey, tail: &Tail, page: &mut Page) -> Result<(), StoreError> {
        let damaged = |tenant_seq, damage| StoreError::Damaged {
            org: tail.org.clone(),
            tenant_seq,
            block: None,
            damage,
        };
        let segment = self.history.segment(&tail.org, key, page.next_seq).await?;
        let (mut frames, asked) = (segment.frames.as_slice(), page.next_seq);
        let mut tenant_seq = segment.from_seq;
        while !frames.is_empty() && !page.is_full() {
            let frame = Frame::take(&mut frames).ok_or_else(|| damaged(tenant_seq, frame::not_a_frame()))?;
            if tenant_seq == page.next_seq {
                // Sealed entries state when they were known.
                let taken = page.take(tenant_seq, &frame, Instant::MAX);
                taken.map_err(|damage| damaged(tenant_seq, damage))?;
            }
            tenant_seq += 1;
        }
        if page.next_seq == asked { Err(damaged(asked, Damage::Missing)) } else { Ok(()) }
    }

    /// Reads from blocks until the page is full or the tail ends.
    async fn read_tail(&self, key: OrgKey, tail: &Tail, page: &mut Page) -> Result<Progress, StoreError> {
        for piece in &tail.pieces {
            if page.is_full() {
                break;
            }
            let damaged = |tenant_seq, damage| {
                let (org, block) = (tail.org.clone(), Some(piece.block));
                StoreError::Damaged { org, tenant_seq, block, damage }
            };
            if piece.first_seq > page.next_seq {
                return Err(damaged(page.next_seq, Damage::Missing));
            }
            let block = match self.open_block(piece.block).await {
                Ok(block) => block,
                Err(Unopened::Failed(error)) => return Err(error),
                Err(Unopened::Absent) if self.is_sealed(key, piece) => return Ok(Progress::Moved),
                Err(Unopened::Absent) => return Err(damaged(page.next_seq, Damage::Missing)),
                Err(Unopened::Damaged(damage)) => return Err(damaged(page.next_seq, damage)),
            };
            let part = block.parts.get(piece.part as usize).filter(|part| part.org == key);
            let part = part.ok_or_else(|| damaged(page.next_seq, Damage::Missing))?;
            let mut frames = part.frames(&block.body);
            for tenant_seq in part.first_seq..=part.last_seq() {
                let frame = Frame::take(&mut frames);
                let frame = frame.ok_or_else(|| damaged(tenant_seq, frame::not_a_frame()))?;
                if page.is_full() {
                    break;
                }
                if tenant_seq >= page.next_seq {
                    let taken = page.take(tenant_seq, &frame, block.committed_at);
                    taken.map_err(|damage| damaged(tenant_seq, damage))?;
                }
            }
        }
        Ok(Progress::End)
    }

    fn is_sealed(&self, key: OrgKey, piece: &Piece) -> bool {
        self.index.read().tail(key, 0).is_some_and(|tail| tail.sealed_seq >= piece.last_seq())
    }
}
