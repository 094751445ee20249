//! Redis' streams, read as Redis' own client prints them.

use std::net::SocketAddr;
use std::process::Command;

use super::{Look, event_of, names};
use crate::topics::{Record, Topics};
use real_engines::Engine;
use serde_json::Value;

/// The field in which Dapr puts the event.
const EVENT: &str = "data";

pub(super) struct Streams {
    redis: SocketAddr,
}

impl Streams {
    pub(super) fn at(engine: &dyn Engine) -> Self {
        Streams { redis: engine.address() }
    }

    fn ask(&self, arguments: &[&str]) -> String {
        let mut client = Command::new("redis-cli");
        client.args(["-h", &self.redis.ip().to_string(), "-p", &self.redis.port().to_string()]);
        let output = client.args(arguments).output().expect("redis-cli");
        assert!(output.status.success(), "{client:?} ended with {}", output.status);
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Look for Streams {
    fn version(&self) -> String {
        let told = self.ask(&["INFO", "server"]);
        let version = told.lines().find_map(|line| line.strip_prefix("redis_version:"));
        version.expect("a version").trim().to_owned()
    }

    fn topics(&self) -> Topics {
        let records = names().flat_map(|topic| {
            let told = self.ask(&["--json", "XRANGE", topic, "-", "+"]);
            let entries: Vec<(String, Vec<String>)> = serde_json::from_str(&told).expect("entries");
            entries.into_iter().map(|(id, fields)| record_of(topic, &id, &fields))
        });
        Topics { records: records.collect() }
    }
}

/// An entry is called `<milliseconds>-<number>`.
fn record_of(topic: &str, id: &str, fields: &[String]) -> Record {
    let (published_at_ms, number) = id.split_once('-').expect("the id of an entry");
    let event = fields.chunks_exact(2).find(|field| field[0] == EVENT);
    Record {
        topic: topic.to_owned(),
        partition: 0,
        offset: number.parse().expect("a number"),
        published_at_ms: published_at_ms.parse().expect("milliseconds"),
        event: event.map_or(Value::Null, |field| event_of(&field[1])),
    }
}
