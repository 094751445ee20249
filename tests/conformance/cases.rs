//! Every case, by its area and behaviour. One that is not listed here is dead code, and the
//! compiler says so.

mod bindings {
    pub(super) mod cron;
    pub(super) mod http;
    pub(super) mod smtp;
}
mod conversation {
    pub(super) mod echo;
}
mod delivery {
    pub(super) mod answers;
    pub(super) mod bulk;
    pub(super) mod dead_letter;
    pub(super) mod request;
    pub(super) mod resiliency;
    pub(super) mod routes;
}
mod jobs {
    pub(super) mod api;
    pub(super) mod callback;
    pub(super) mod failures;
    pub(super) mod life;
    pub(super) mod staging;
    pub(super) mod times;
}
mod publish {
    pub(super) mod bulk;
    pub(super) mod envelope;
    pub(super) mod refusals;
    pub(super) mod topic_access;
}
mod resources {
    pub(super) mod configuration;
    pub(super) mod hot_reload;
}
mod secrets {
    pub(super) mod access;
    pub(super) mod local_env;
    pub(super) mod local_file;
}
mod self_description {
    pub(super) mod health;
    pub(super) mod metadata;
}
mod state;
mod subscribe {
    pub(super) mod declarative;
    pub(super) mod programmatic;
}
mod tokens {
    pub(super) mod api_token;
    pub(super) mod app_token;
    pub(super) mod origins;
}

use crate::engine::Engine;
use crate::{Case, Running};

macro_rules! cases {
    ($($area:ident { $($behaviour:ident { $($case:ident)* })* })*) => {
        /// In the order of the specification.
        pub(crate) fn all() -> Vec<Case> {
            vec![$($($({
                fn run(engine: &Engine) -> Running<'_> {
                    Box::pin($area::$behaviour::$case(engine))
                }
                const NAME: &str = concat!(
                    stringify!($area), "::", stringify!($behaviour), "::", stringify!($case)
                );
                Case { name: NAME, run }
            },)*)*)*]
        }
    };
}

cases! {
    bindings {
        cron {
            a_wanted_binding_calls_its_route_at_every_tick
            the_name_is_the_route_where_none_is_stated_and_a_405_to_the_probe_is_a_yes
            a_stated_direction_replaces_the_probe
            an_app_that_says_no_to_the_probe_is_not_called
            a_failed_tick_does_not_come_again
        }
        http {
            the_operation_is_the_method_and_capitals_are_headers
            status_and_headers_of_the_answer_are_metadata
            an_error_of_the_server_is_one_of_the_call_unless_the_call_wants_it
            the_component_may_hand_errors_of_the_server_back
            redirects_are_followed_but_not_for_ever
            the_component_may_add_a_token
            an_answer_over_the_components_limit_is_none
            an_unknown_name_or_operation_is_a_500_and_a_body_that_is_none_a_400
        }
        smtp {
            a_letter_is_html_from_and_to_whom_the_call_says
            the_component_says_what_the_call_leaves_out
            a_call_leaves_nothing_behind_for_the_next_one
            data_that_is_no_text_is_sent_as_json
            what_is_missing_or_refused_says_why
            an_address_that_is_none_is_refused
            tls_that_is_offered_is_used
        }
    }
    conversation {
        echo {
            it_says_what_it_was_told
            it_calls_every_tool_it_is_offered
            it_shows_what_tools_answered
            what_it_cannot_answer_is_a_400
        }
    }
    delivery {
        answers {
            any_success_without_a_readable_status_acknowledges
            retry_and_unknown_statuses_retry
            every_error_status_but_404_retries_and_so_does_a_redirect
            drop_and_404_are_dead_letters_at_once
            without_a_dead_letter_topic_a_404_loses_the_event
        }
        bulk {
            events_come_as_entries_of_one_envelope
            the_app_says_for_each_entry_what_becomes_of_it
            an_entry_without_a_status_comes_again_under_the_policy
            what_no_call_settles_is_a_dead_letter
        }
        dead_letter {
            a_dead_letter_keeps_the_bytes
            what_is_no_cloud_event_is_a_dead_letter
            an_expired_event_is_not_delivered
        }
        request {
            an_event_comes_as_its_cloud_event_with_the_publishers_metadata
            the_events_trace_goes_along
            the_events_trace_state_goes_along
            metadata_that_no_header_can_carry_does_not_hold_up_the_event
            metadata_cannot_forge_what_frames_the_request
            a_raw_payload_is_wrapped_for_a_subscription_to_raw_payloads
        }
        resiliency {
            a_constant_policy_tries_once_more_than_it_retries_and_then_dead_letters
            an_exponential_policy_waits_longer_each_time_up_to_its_limit
            only_matching_statuses_are_retried
            an_explicit_retry_is_retried_whatever_matches
            with_a_dead_letter_topic_and_no_policy_one_failure_is_a_dead_letter
            a_default_policy_applies_where_no_target_names_the_component
            a_delivery_over_its_timeout_has_failed
        }
        routes {
            the_first_rule_that_holds_wins
            an_event_that_matches_nothing_is_dead_lettered
            a_rule_that_cannot_be_evaluated_is_a_failure_not_a_mismatch
            an_empty_match_takes_everything
        }
    }
    jobs {
        api {
            a_job_is_shown_as_it_was_stated_with_the_policy_it_was_given
            the_older_form_of_the_path_is_the_same_store
            a_missing_job_is_a_500_to_read_and_a_204_to_delete
            what_the_request_lacks_is_a_400
            what_the_scheduler_refuses_is_a_500
            a_body_over_the_limit_is_a_400
            there_is_no_list_and_no_put
        }
        callback {
            the_body_is_the_data_and_nothing_else
            without_data_the_body_is_empty
            a_text_comes_as_json_and_null_is_null
            the_app_token_goes_along
            a_name_is_spelt_in_the_path_as_it_is
        }
        failures {
            any_success_ends_a_job_that_fires_once
            a_404_uses_the_job_up
            without_a_policy_there_are_four_calls_within_three_seconds
            redirects_and_other_refusals_fail
            a_constant_policy_has_its_own_interval_and_end
            a_constant_policy_without_an_end_keeps_the_job_until_it_works
            no_interval_is_no_pause
            dropping_tries_once_and_goes_on_with_the_next_tick
            failures_count_per_tick
        }
        life {
            a_taken_name_is_a_409_and_the_job_stays_as_it_is
            a_name_that_is_asked_for_twice_at_once_is_given_once
            overwriting_replaces_the_job_and_forgets_its_counters
            a_deleted_job_does_not_fire
            a_job_deleted_while_it_is_called_does_not_come_again
        }
        staging {
            a_job_waits_for_its_app_and_uses_up_no_attempt
        }
        times {
            a_due_time_is_a_duration_in_either_spelling
            a_due_time_in_the_past_fires_at_once
            a_schedule_begins_with_its_first_interval_or_with_the_due_time
            a_schedule_by_the_clock_ticks_at_its_seconds
            a_schedule_ends_with_its_repeats_or_its_ttl
            a_slow_job_holds_up_no_other
            a_job_due_before_the_one_waited_for_is_not_late
        }
    }
    publish {
        bulk {
            every_entry_becomes_an_event_of_its_own_by_its_content_type
            the_requests_metadata_reaches_only_entries_with_metadata_of_their_own
            a_bulk_is_refused_whole
            an_unknown_component_is_404_for_a_bulk_too
        }
        envelope {
            json_becomes_data
            what_only_claims_to_be_json_and_every_other_type_becomes_a_string
            bytes_become_base64
            metadata_overrides_the_envelope_in_any_case_but_not_the_data
            a_cloud_event_is_kept_and_completed_but_gets_no_id
            a_time_to_live_becomes_an_expiration
            a_topic_may_contain_slashes_and_a_plus_is_a_space
        }
        refusals {
            an_unknown_component_is_404
            a_raw_payload_flag_that_is_no_flag_is_400
            a_cloud_event_that_is_none_is_500
            a_body_over_the_limit_is_500
            a_wrong_method_and_an_unknown_path_fall_through_to_service_invocation
            a_path_that_does_not_unescape_is_400_in_plain_text
        }
        topic_access {
            a_topic_out_of_scope_is_403
            a_subscription_out_of_scope_is_left_out
        }
    }
    resources {
        configuration {
            what_is_not_allowed_is_as_good_as_unknown
            a_sampling_rate_of_zero_turns_the_echo_of_traces_off
        }
        hot_reload {
            a_component_that_is_added_is_served
            a_component_that_is_taken_away_is_unknown
            a_component_that_is_changed_has_its_new_settings
            a_subscription_that_is_added_delivers
            a_subscription_that_is_taken_away_delivers_no_more
            a_file_that_is_no_resource_changes_nothing
            it_can_be_turned_off
        }
    }
    secrets {
        access {
            without_any_store_a_call_is_a_500
            an_unknown_store_is_a_401
            a_scope_says_which_secrets_the_app_may_read
        }
        local_env {
            a_secret_is_a_variable_and_one_that_is_not_set_is_empty
            the_sidecars_own_variables_are_hidden
            a_prefix_limits_what_there_is_and_is_left_out_of_names
        }
        local_file {
            a_secret_is_a_leaf_of_the_document_named_by_the_way_to_it
            the_separator_can_be_stated
            with_several_values_each_member_is_a_secret
            all_of_them_come_in_one_call
            a_name_that_is_not_there_is_a_500
            another_component_may_refer_to_a_secret
        }
    }
    self_description {
        health {
            a_sidecar_that_has_found_its_app_is_well
            whoever_asks_for_another_app_is_told_so
        }
        metadata {
            it_names_the_app_its_components_and_its_labels
        }
    }
    state {
        bulk {
            every_key_comes_back_and_one_without_a_value_comes_alone
            no_keys_are_an_empty_list
        }
        etags {
            a_save_over_its_own_version_is_made_once
            a_version_of_a_value_that_is_not_there_does_not_match
            an_empty_version_is_none
            a_version_is_text
            the_first_write_makes_what_is_not_there_and_nothing_else
            a_version_counts_whatever_write_wins
            a_delete_of_its_own_version_is_made_and_of_another_is_not
            a_first_write_deletes_without_a_version_from_the_file_alone
            of_several_saves_those_that_match_are_made
            options_that_nobody_knows_are_refused_by_the_store
        }
        refusals {
            without_any_store_every_call_is_a_500
            an_unknown_store_is_a_400_to_every_call
            a_key_with_the_separator_is_a_400
            what_is_no_list_of_items_with_keys_is_a_400
            a_body_over_the_limit_is_a_400
        }
        time_to_live {
            a_value_tells_when_it_ends
            a_value_is_gone_after_its_end
            saving_again_takes_the_end_away
            zero_is_no_end_and_nonsense_is_refused
        }
        transactions {
            all_operations_are_made_together
            one_that_does_not_match_undoes_all_and_is_a_500
            a_delete_may_state_a_version
            no_operations_are_fine_and_an_unknown_one_is_not
            a_body_that_is_no_transaction_is_a_400
        }
        values {
            a_value_is_read_as_it_was_saved_under_a_version_of_its_own
            every_save_makes_another_version
            a_key_without_a_value_is_204_to_read_and_to_delete
            a_deleted_value_is_gone
            several_values_are_saved_in_one_call_and_none_is_fine
            a_key_may_be_named_like_a_call_and_escapes_are_undone
            a_save_may_be_put_and_a_query_is_not_served
            keys_carry_the_apps_name_unless_the_component_says_otherwise
            metadata_of_the_query_stands_over_that_of_the_item
            both_stores_tell_what_they_can
        }
    }
    subscribe {
        declarative {
            both_versions_are_read_and_scopes_are_kept
            what_the_app_states_wins_over_a_file
        }
        programmatic {
            the_app_is_asked_once_and_by_its_id
            any_answer_but_200_means_no_subscriptions_and_is_final
            without_a_broker_the_app_is_not_asked
            a_subscription_that_cannot_work_is_left_out_and_the_others_stay
            a_subscription_that_cannot_work_is_not_shown
            one_rule_that_does_not_compile_spoils_the_whole_answer
            routes_default_beats_route_and_metadata_shows_what_was_understood
        }
    }
    tokens {
        api_token {
            with_an_api_token_everything_but_health_checks_needs_it
            a_refused_caller_reads_plain_text
        }
        app_token {
            the_app_token_is_on_every_call_to_the_app
        }
        origins {
            without_origins_a_page_is_told_nothing
            a_preflight_needs_no_token
            answers_say_which_page_may_see_them
        }
    }
}
