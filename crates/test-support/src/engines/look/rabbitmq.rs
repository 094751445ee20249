//! A queue of one's own on each of RabbitMQ's exchanges. It has to be there before anything is
//! published: RabbitMQ remembers nothing that nobody waits for.

use chrono::DateTime;
use real_engines::{Engine, RabbitMq};
use serde_json::{Value, json};
use ureq::Agent;

use super::{Look, event_of, names};
use crate::address;
use crate::topics::{Record, Topics};

/// `guest:guest`, the account that a new node has, for who comes from this very machine.
const ACCOUNT: &str = "Basic Z3Vlc3Q6Z3Vlc3Q=";
/// The virtual host `/`.
const QUEUE: &str = "/api/queues/%2F/everything";
/// More than any scenario publishes.
const MESSAGES_MAX: u32 = 100_000;

pub(super) struct Tap {
    management: String,
    agent: Agent,
}

impl Tap {
    pub(super) fn at(engine: &dyn Engine) -> Self {
        let management = address::url(RabbitMq::management(engine.place()));
        let tap = Tap { management, agent: Agent::new_with_defaults() };
        tap.put(QUEUE, &json!({"durable": true}));
        for topic in names() {
            // As Dapr declares it: a second declaration that differs would be refused.
            let exchange = json!({"type": "fanout", "durable": true, "auto_delete": false});
            tap.put(&format!("/api/exchanges/%2F/{topic}"), &exchange);
            tap.post(&format!("/api/bindings/%2F/e/{topic}/q/everything"), &json!({}));
        }
        tap
    }

    fn put(&self, path: &str, body: &Value) {
        let call = self.agent.put(format!("{}{path}", self.management));
        call.header("authorization", ACCOUNT).send_json(body).expect("RabbitMQ takes it");
    }

    fn post(&self, path: &str, body: &Value) -> String {
        let call = self.agent.post(format!("{}{path}", self.management));
        let answer = call.header("authorization", ACCOUNT).send_json(body);
        let mut answer = answer.expect("RabbitMQ takes it");
        answer.body_mut().with_config().limit(u64::MAX).read_to_string().expect("an answer")
    }
}

impl Look for Tap {
    fn version(&self) -> String {
        let call = self.agent.get(format!("{}/api/overview", self.management));
        let answer = call.header("authorization", ACCOUNT).call();
        let told: Value = answer.expect("an overview").body_mut().read_json().expect("JSON");
        told["rabbitmq_version"].as_str().expect("a version").to_owned()
    }

    /// They are put back where they were. RabbitMQ notes no times; the event's own comes closest.
    fn topics(&self) -> Topics {
        let request =
            json!({"count": MESSAGES_MAX, "ackmode": "ack_requeue_true", "encoding": "auto"});
        let messages = self.post(&format!("{QUEUE}/get"), &request);
        let messages: Vec<Value> = serde_json::from_str(&messages).expect("messages");
        let records = messages.iter().zip(0..).map(|(message, offset)| {
            let event = event_of(message["payload"].as_str().unwrap_or_default());
            Record {
                topic: message["exchange"].as_str().unwrap_or_default().to_owned(),
                partition: 0,
                offset,
                published_at_ms: time_of(&event),
                event,
            }
        });
        Topics { records: records.collect() }
    }
}

fn time_of(event: &Value) -> i64 {
    let time = event["time"].as_str().unwrap_or_default();
    DateTime::parse_from_rfc3339(time).map_or(0, |time| time.timestamp_millis())
}
