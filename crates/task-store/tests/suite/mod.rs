//! What every engine's store must do, told once. An engine's test binary brings a [`Stores`] and
//! runs the whole list with `run_suite!`.

pub(crate) mod account_life;
pub(crate) mod accounts;
pub(crate) mod change_feed;
pub(crate) mod channels;
pub(crate) mod commit;
pub(crate) mod dead_letters;
pub(crate) mod deliveries;
pub(crate) mod every_statement;
pub(crate) mod fixture;
pub(crate) mod idempotency;
pub(crate) mod imports;
pub(crate) mod list;
pub(crate) mod operations;
pub(crate) mod outbox;
pub(crate) mod races;
pub(crate) mod rate_limit;
pub(crate) mod reads;
pub(crate) mod relay;
pub(crate) mod reminders;
pub(crate) mod retention;
pub(crate) mod succession;

use task_domain::UserId;
use task_store::Store;

/// A fresh database of its own for each test; it is gone when this is dropped.
pub(crate) trait Stores: Sync {
    type Store: Store;

    /// Another connection to the database.
    fn open(&self) -> Self::Store;

    /// Marks an account as deleted, as the erasure of an account begins.
    fn tombstone(&self, user: UserId);

    /// Every row of every table as text, to see that nothing changed.
    fn dump(&self) -> String;
}

/// Makes a `#[test]` of every listed function; `$fresh` makes the `Stores` of one test.
macro_rules! run_suite {
    ($fresh:expr) => {
        crate::suite::run_suite! { @list $fresh;
            account_life {
                an_external_subject_has_one_account,
                a_profile_changes_by_what_is_given,
                nobody_takes_the_address_of_another,
                a_new_password_ends_every_earlier_token,
                an_answer_is_for_the_token_that_may_read_it,
                an_ended_account_is_gone_for_everybody,
                the_end_of_an_account_is_told_last,
            }
            accounts {
                an_account_reads_back_as_it_was_created,
                an_address_belongs_to_one_live_account,
                creating_an_account_again_by_the_same_call_succeeds,
                a_deleted_account_is_not_found_and_frees_its_address,
                a_throttle_admits_its_capacity_and_names_the_wait,
                a_throttle_takes_from_every_bucket_or_from_none,
                a_throttle_refills_one_token_at_a_time_up_to_its_capacity,
            }
            change_feed {
                the_feed_pages_through_every_change_in_order,
                a_cursor_beyond_the_feed_is_reset,
                a_cursor_before_what_is_kept_is_reset,
                reminders_are_not_in_the_feed,
                nobody_reads_the_feed_of_a_deleted_user,
            }
            channels {
                channels_read_back_as_they_were_put,
                channels_of_another_version_conflict,
                channels_belong_to_their_user_and_go_with_them,
            }
            commit {
                numbers_count_from_one_for_each_user,
                numbers_are_never_given_twice,
                a_task_reads_back_as_it_was_committed,
                a_plain_task_reads_back_as_it_was_committed,
                an_update_raises_the_version,
                an_update_of_another_version_conflicts,
                a_deleted_task_is_gone,
                deleting_another_version_conflicts,
                a_changed_row_that_was_only_read_conflicts,
                a_missing_row_conflicts,
                a_commit_for_nobody_is_gone,
                a_message_is_consumed_once,
                each_consumer_has_its_own_inbox,
                repeating_a_change_gives_its_first_outcome,
                a_change_that_was_refused_can_be_tried_again,
                a_refused_change_leaves_nothing,
                refusals_are_checked_in_their_order,
                a_change_may_hold_many_rows_and_events,
                a_change_without_rows_commits,
            }
            dead_letters {
                a_second_copy_of_a_letter_changes_nothing,
                letters_page_in_the_order_of_arrival,
                a_replayed_letter_that_fails_again_is_open_again,
                a_letter_that_came_back_during_its_replay_stays_open,
                an_unknown_letter_cannot_be_replayed,
                a_parked_event_is_a_letter_and_goes_back_to_the_outbox,
                an_event_parked_twice_is_one_letter,
            }
            deliveries {
                a_delivery_reads_back_as_it_was_set_up,
                an_event_is_delivered_to_a_channel_once,
                a_lease_keeps_others_away_until_it_ends,
                an_attempt_decides_what_becomes_of_a_delivery,
                attempts_are_kept_in_their_order_up_to_a_limit,
                a_full_queue_leaves_room_for_other_channels,
                a_verdict_changes_the_channel,
                a_replay_is_due_at_once_and_keeps_its_attempts,
                the_log_pages_from_the_latest_on,
                a_cursor_of_another_log_is_refused,
                nothing_is_sent_for_an_ended_account,
            }
            idempotency {
                a_repeated_request_is_told_its_first_answer,
                a_key_used_with_another_body_is_told_the_first_hash,
                a_retried_deletion_is_answered_before_its_row_is_missed,
                keys_belong_to_their_user_and_scope,
                the_answer_comes_with_the_task,
            }
            imports {
                an_import_shows_how_far_it_is,
                imports_are_listed_latest_first,
                a_record_is_brought_once,
                an_upload_that_broke_off_resumes,
                an_ended_account_imports_nothing,
            }
            list {
                pages_walk_the_whole_list_in_every_sort_and_filter,
                tasks_without_a_due_date_come_last_in_both_directions,
                equal_keys_are_ordered_by_number,
                a_cursor_of_another_list_is_refused,
                an_empty_list_still_tells_total_and_seq,
                a_list_of_nobody_is_nothing,
                search_ignores_case_in_every_script,
                search_ignores_accents_and_variants_of_a_letter,
                search_takes_every_character_literally,
                search_does_not_reach_across_fields,
                a_tag_is_compared_whole_and_without_case,
                due_bounds_include_their_start_and_exclude_their_end,
            }
            operations {
                gauges_count_what_is_there,
                gauges_count_reminders_and_deliveries,
                gauges_of_an_empty_database_are_zero,
                a_sweep_removes_what_is_old_and_done,
                a_sweep_is_bounded_by_its_batch,
                a_sweep_keeps_what_is_not_published,
                ping_tells_the_schema_version,
            }
            outbox {
                a_batch_holds_the_earliest_event_of_each_user,
                a_batch_carries_a_run_of_each_users_events,
                a_run_is_bounded_by_bytes_in_its_order,
                a_refusal_within_a_run_holds_back_what_is_left_of_it,
                a_batch_is_bounded_by_count_and_bytes,
                a_refused_event_holds_back_only_its_user,
                a_topic_that_failed_is_the_only_one_published_again,
                an_event_carries_what_its_commit_assigned,
                events_of_a_deleted_user_still_drain,
                draining_publishes_every_event_once_in_each_users_order,
                a_parked_event_lets_the_next_one_through,
            }
            races {
                two_commits_on_one_version_have_one_winner,
                concurrent_inserts_number_without_gaps,
                one_message_has_one_effect_in_a_race,
                one_key_has_one_answer_in_a_race,
                one_relay_holds_the_lease,
                one_firing_of_a_reminder_wins,
                one_version_of_the_channels_has_one_successor,
                a_delivery_is_leased_to_one,
            }
            rate_limit {
                a_full_bucket_pays_its_capacity_and_no_more,
                a_bucket_refills_to_the_millisecond,
                a_bucket_never_holds_more_than_its_capacity,
                a_clock_that_steps_back_refills_nothing_twice,
                a_charge_above_the_capacity_takes_a_full_bucket,
                a_refused_charge_costs_nothing,
                a_bucket_that_nothing_refills_is_never_full_again,
            }
            reads {
                statistics_count_as_the_model_does,
                statistics_of_an_empty_list_are_zero,
                a_view_of_nobody_is_nothing,
                a_view_of_an_unknown_task_has_no_task,
                a_series_lists_its_living_instances,
                a_task_of_no_series_is_alone_in_it,
            }
            relay {
                the_lease_shows_in_its_state,
                a_held_lease_is_not_given_twice,
                a_lapsed_lease_goes_to_the_next,
                a_lost_lease_marks_nothing,
                marking_renews_the_lease,
                a_release_by_another_changes_nothing,
                backing_off_keeps_everybody_away,
                what_comes_during_the_last_batch_shows_after_the_release,
                held_back_users_alone_are_nothing_to_relay,
            }
            reminders {
                a_plan_is_kept_in_the_order_of_its_instants,
                a_plan_belongs_to_the_task_it_was_inserted_with,
                an_instant_that_has_passed_is_skipped,
                an_unrelated_edit_keeps_every_reminder,
                a_moved_due_date_takes_its_reminders_along,
                what_is_completed_or_deleted_rings_no_more,
                a_reminder_fires_once,
                a_fired_reminder_does_not_ring_again_after_an_edit,
                overdue_reminders_come_earliest_first,
                the_scheduler_hears_of_what_is_new_gone_or_near,
                nobody_rings_for_an_ended_account,
            }
            retention {
                history_goes_after_its_time,
                an_ended_account_is_erased_once_nothing_is_to_tell,
                erasing_an_account_takes_bounded_steps,
                a_parked_event_leaves_no_letter_of_an_ended_account,
            }
            succession {
                an_occurrence_has_one_successor,
                a_succession_outlives_its_successor,
                a_withdrawn_succession_can_be_claimed_again,
                withdrawing_what_is_not_there_conflicts,
                one_change_may_replace_a_successor,
                successions_belong_to_their_user,
            }
        }
    };
    (@list $fresh:expr; $($module:ident { $($test:ident,)+ })+) => {
        $(mod $module {
            $(#[test]
            fn $test() {
                let stores = $fresh;
                futures::executor::block_on(crate::suite::$module::$test(&stores));
            })+
        })+
    };
}
pub(crate) use run_suite;
