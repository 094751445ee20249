//! A device that knows nothing but the stream of changes.

use test_support::{Client, EventStream, Mirror, Reflected};

const PATH: &str = "/api/me/sync";

pub(super) struct Device {
    client: Client,
    pub(super) mirror: Mirror,
}

impl Device {
    pub(super) fn new(client: &Client) -> Self {
        Device { client: client.clone(), mirror: Mirror::default() }
    }

    /// Connects as a browser does that was connected before.
    pub(super) fn connect(&self) -> EventStream {
        self.client.follow(PATH, Some(self.mirror.seq()))
    }

    /// Takes in the next change of the stream, which must be the very next one. `None` when the
    /// stream has ended.
    pub(super) fn take(&mut self, stream: &mut EventStream) -> Option<()> {
        let event = stream.find(|event| !event.name.is_empty())?;
        assert_eq!(event.name, "change", "{event:?}");
        assert_eq!(event.id, event.data["seq"].as_u64(), "{event:?}");
        let reflected = self.mirror.reflect(&event.data);
        assert_eq!(reflected, Reflected::Yes, "after {}: {event:?}", self.mirror.seq());
        Some(())
    }

    /// Follows until it has this change.
    pub(super) fn follow_to(&mut self, last_seq: u64) {
        while self.mirror.seq() < last_seq {
            let mut stream = self.connect();
            while self.mirror.seq() < last_seq && self.take(&mut stream).is_some() {}
        }
    }
}
