//! Use cases: route, decide, commit, answer; ports; the relay
