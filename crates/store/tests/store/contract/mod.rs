//! The contract of the store's traits, for any backend.
//!
//! A backend implements [`Backend`] and runs all of it with one line: `contract!(its type);`.

use async_trait::async_trait;
use salescope_store::{OrgKey, Store, StoreError};
use std::sync::Arc;

pub(crate) mod checkpoints;
pub(crate) mod directory;
pub(crate) mod isolation;
pub(crate) mod journal;
pub(crate) mod keys;

/// A backend under test.
#[async_trait]
pub(crate) trait Backend: Sized + Send + Sync {
    /// What is tested.
    type Store: Store + 'static;

    /// An empty store.
    async fn fresh() -> Self;

    /// The store.
    fn store(&self) -> Arc<Self::Store>;

    /// Stops it, does `harm` to what it keeps, and starts it again.
    async fn restart(self, harm: Harm) -> Result<Self, StoreError>;
}

/// What a disk, or an administrator, may do to a store.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Harm {
    /// Nothing.
    None,
    /// Changes one bit of a block's entries.
    FlipBody(u64),
    /// Changes one bit of what a block says of its entries.
    FlipHeader(u64),
    /// Takes a block away.
    DropBlock(u64),
    /// Changes one bit of a checkpoint.
    FlipCheckpoint(OrgKey, u64),
    /// Changes one bit of each chunk of an organisation's checkpoints that begins with this byte.
    FlipChunk(OrgKey, u8),
}

macro_rules! tests {
    ($backend:ty: $($module:ident::$test:ident,)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            use $crate::contract::Backend;
            $crate::contract::$module::$test(<$backend>::fresh().await).await;
        }
    )*};
}

/// Runs the whole contract over a backend.
macro_rules! contract {
    ($backend:ty) => {
        $crate::contract::tests!($backend:
            journal::an_organisation_is_created_once,
            journal::entries_read_back_as_they_were_committed_in_order,
            journal::organisations_share_a_commit_and_read_their_own_entries,
            journal::a_slice_that_does_not_go_on_where_its_journal_ends_is_refused_with_the_whole_commit,
            journal::concurrent_commits_share_one_order_of_blocks,
            journal::commit_times_never_step_back,
            journal::a_known_past_is_kept_and_a_future_is_lowered_to_the_commit_time,
            journal::reads_are_paged,
            journal::what_is_too_large_is_refused,
            journal::a_restart_keeps_everything_and_counts_an_epoch,
            journal::a_damaged_entry_is_named_when_it_is_read,
            journal::a_damaged_or_missing_block_refuses_the_start,
            journal::a_journal_behind_its_checkpoint_refuses_the_start,
            checkpoints::the_newest_two_are_kept_newest_first,
            checkpoints::positions_only_grow_and_stay_inside_the_journal,
            checkpoints::one_at_the_same_position_replaces,
            checkpoints::large_states_come_back_to_the_byte,
            checkpoints::a_damaged_one_is_skipped_and_reported,
            checkpoints::a_damaged_one_does_not_stand_in_the_way_of_the_next,
            checkpoints::a_damaged_chunk_is_written_anew_by_the_next_save,
            checkpoints::forgotten_ones_are_gone,
            checkpoints::saves_that_come_together_are_all_kept,
            checkpoints::saves_of_one_organisation_at_once_leave_the_newest,
            checkpoints::the_head_tells_the_newest_position,
            directory::ids_are_given_out_in_order_and_stay,
            directory::a_call_that_names_somebody_twice_gives_one_id,
            directory::a_new_name_replaces_and_an_empty_one_does_not,
            directory::a_lookup_gives_out_nothing,
            directory::one_bad_item_refuses_the_whole_call,
            directory::an_erased_person_has_no_name_and_the_id_is_never_given_out_again,
            directory::sources_are_apart_and_people_and_teams_count_on_their_own,
            keys::keys_are_kept_by_hash_and_revoked_for_good,
            isolation::nothing_of_another_organisation_shows_through_any_method,
            isolation::every_method_names_an_unknown_organisation,
        );
    };
}

pub(crate) use {contract, tests};
