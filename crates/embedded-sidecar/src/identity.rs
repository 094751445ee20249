//! Where ids come from that nobody else states.

/// A random UUID, as Dapr gives events that come without an id.
#[expect(clippy::disallowed_methods, reason = "Dapr's ids are random UUIDs; nothing sorts by them")]
pub(crate) fn random_uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}
