//! The calls on channels and on the delivery log, as a table.

use super::operations::{Operation, Safety, operation, query};
use super::{Schemas, schema_of};
use crate::api::schema as api;

const CHANNELS: &str = "/api/{user}/channels";
const CHANNEL: &str = "/api/{user}/channels/{channel}";
const DELIVERIES: &str = "/api/{user}/deliveries";
const DELIVERY: &str = "/api/{user}/deliveries/{delivery}";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        tag: "channels",
        answer: ("200", Some("ChannelList")),
        ..operation("GET", CHANNELS, "listChannels", "Where you are reached", Safety::Read)
    },
    Operation {
        tag: "channels",
        body: Some(("ChannelsInput", true)),
        answer: ("200", Some("ChannelList")),
        ..operation("PUT", CHANNELS, "replaceChannels", "Replace all of them", Safety::Set)
    },
    Operation {
        tag: "channels",
        body: Some(("ChannelInput", true)),
        answer: ("201", Some("ChannelView")),
        also: Some("200"),
        ..operation(
            "POST",
            CHANNELS,
            "addChannel",
            "One more; an address or browser that is there already is brought up to date",
            Safety::WriteAccount,
        )
    },
    Operation {
        tag: "channels",
        answer: ("204", None),
        ..operation("DELETE", CHANNEL, "removeChannel", "Take one away", Safety::WriteAccount)
    },
    Operation {
        tag: "channels",
        answer: ("200", Some("ChannelView")),
        ..operation(
            "POST",
            "/api/{user}/channels/{channel}/rotate",
            "rotateSecret",
            "A new secret for a webhook; the one before signs for another day",
            Safety::WriteAccount,
        )
    },
    Operation {
        tag: "deliveries",
        query: query::<api::DeliveriesQuery>,
        answer: ("200", Some("DeliveryList")),
        ..operation("GET", DELIVERIES, "listDeliveries", "What was sent where", Safety::Read)
    },
    Operation {
        tag: "deliveries",
        answer: ("200", Some("DeliveryView")),
        ..operation("GET", DELIVERY, "readDelivery", "One, with its message", Safety::Read)
    },
    Operation {
        tag: "deliveries",
        answer: ("200", Some("DeliveryView")),
        ..operation(
            "POST",
            "/api/{user}/deliveries/{delivery}/replay",
            "replayDelivery",
            "Send it again, with the id it has",
            Safety::WriteAccount,
        )
    },
];

/// Every type that the table names.
pub(super) fn schemas(add: &mut Schemas<'_>) {
    schema_of::<api::ChannelInput>(add);
    schema_of::<api::ChannelsInput>(add);
    schema_of::<api::ChannelList>(add);
    schema_of::<api::ChannelView>(add);
    schema_of::<api::DeliveryList>(add);
    schema_of::<api::DeliveryView>(add);
}
