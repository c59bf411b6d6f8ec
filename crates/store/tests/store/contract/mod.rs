//! The contract of the store's traits, for any backend.
//!
//! A backend implements [`Backend`] and runs all of it with one line: `contract!(its type);`.

use async_trait::async_trait;
use salescope_domain::OrgId;
use salescope_store::Store;
use std::sync::Arc;

pub(crate) mod checkpoints;
pub(crate) mod directory;
pub(crate) mod identity;
pub(crate) mod isolation;
pub(crate) mod journal;

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
    async fn restart(self, harm: Harm<'_>) -> Self;
}

/// What a disk, or an administrator, may do to a store.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Harm<'a> {
    /// Nothing.
    None,
    /// Changes one bit of an entry's payload.
    FlipEntry(&'a OrgId, u64),
    /// Takes an entry away.
    DropEntry(&'a OrgId, u64),
    /// Changes one bit of a checkpoint's bytes.
    FlipCheckpoint(&'a OrgId, u64),
    /// Loses all that is kept to tell repetitions.
    LoseIdentity,
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
            journal::entries_read_back_as_they_were_submitted_in_order,
            journal::positions_have_no_gap_under_rejected_and_unchanged_items,
            journal::concurrent_appends_share_one_order_without_gaps,
            journal::commit_times_never_step_back,
            journal::a_known_past_is_kept_and_a_future_is_lowered_to_the_commit_time,
            journal::reads_are_paged,
            journal::too_many_submissions_are_refused_and_nothing_is_kept,
            journal::a_payload_that_is_too_large_is_rejected_alone,
            journal::a_restart_keeps_everything,
            journal::a_damaged_entry_is_named,
            journal::a_missing_entry_is_named,
            identity::a_repetition_in_the_same_append_is_journaled_once,
            identity::a_stated_version_is_news_only_when_it_is_newer,
            identity::a_timed_version_is_news_when_it_is_newer_or_says_something_else,
            identity::a_snapshot_read_again_a_year_later_is_no_news,
            identity::a_fact_is_news_only_in_a_higher_revision,
            identity::kinds_and_sources_keep_ids_apart,
            identity::repetitions_are_told_after_a_restart_and_after_identity_was_lost,
            identity::how_a_history_is_cut_into_appends_does_not_matter,
            checkpoints::the_newest_two_are_kept_newest_first,
            checkpoints::positions_only_grow_and_stay_inside_the_journal,
            checkpoints::one_at_the_same_position_replaces,
            checkpoints::a_damaged_one_is_skipped_and_reported,
            checkpoints::a_damaged_one_does_not_stand_in_the_way_of_the_next,
            directory::ids_are_given_out_in_order_and_stay,
            directory::a_call_that_names_somebody_twice_gives_one_id,
            directory::a_new_name_replaces_and_an_empty_one_does_not,
            directory::a_lookup_gives_out_nothing,
            directory::one_bad_item_refuses_the_whole_call,
            directory::an_erased_person_has_no_name_and_the_id_is_never_given_out_again,
            directory::sources_are_apart_and_people_and_teams_count_on_their_own,
            isolation::nothing_of_another_organisation_shows_through_any_method,
            isolation::every_method_names_an_unknown_organisation,
        );
    };
}

pub(crate) use {contract, tests};
