//! Names that must be told apart, and that belong together.

use std::collections::BTreeSet;

use task_contracts::names::{EventType, Topic};

#[test]
fn every_known_type_is_read_back_from_its_name_and_has_a_topic() {
    for known in EventType::KNOWN {
        assert_eq!(EventType::parse(known.as_str()), known);
        let topic = known.topic().expect("a known type is published somewhere");
        assert!(topic.event_types().any(|of_topic| of_topic == known));
    }
}

#[test]
fn topics_and_their_dead_letters_are_six_names() {
    let names: BTreeSet<&str> =
        Topic::ALL.iter().flat_map(|topic| [topic.as_str(), topic.dead_letter()]).collect();
    assert_eq!(names.len(), 6);
    for topic in Topic::ALL {
        assert_eq!(Topic::parse(topic.as_str()), Some(topic));
        assert_eq!(Topic::parse(topic.dead_letter()), None);
        assert_eq!(topic.dead_letter(), format!("{}-dlq", topic.as_str()));
    }
}
