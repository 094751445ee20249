//! Kafka's own files, read by Kafka's own tools.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Look, event_of, names};
use crate::topics::{Record, Topics};
use real_engines::{Engine, Kafka};
use serde_json::Value;

const LOG_TOOL: &str = "kafka.tools.DumpLogSegments";
const CONSOLE_CONSUMER: &str = "org.apache.kafka.tools.consumer.ConsoleConsumer";
/// The jar that carries the release in its name.
const JAR: (&str, &str) = ("kafka-server-", ".jar");
/// So long after the last record the console consumer ends: what it shall show is there already.
const QUIET_MS: &str = "5000";

pub(super) struct Logs {
    /// A folder for each partition of each topic.
    data: PathBuf,
}

impl Logs {
    pub(super) fn at(engine: &dyn Engine) -> Self {
        Logs { data: engine.place().file("data") }
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.data).expect("the folder of the logs");
        let partitions = entries.map(|entry| entry.expect("an entry").path());
        let own = partitions.filter(|path| names().any(|name| partition_of(path, name).is_some()));
        let files = own.flat_map(|path| fs::read_dir(path).expect("the files of a partition"));
        let files = files.map(|entry| entry.expect("an entry").path());
        files.filter(|path| path.extension().is_some_and(|it| it == "log")).collect()
    }
}

impl Look for Logs {
    fn version(&self) -> String {
        let libraries = Kafka::libraries().expect("Kafka");
        let names = fs::read_dir(libraries).expect("a folder of jars");
        let mut versions = names.filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            let version = name.strip_prefix(JAR.0)?.strip_suffix(JAR.1)?.to_owned();
            version.starts_with(|first: char| first.is_ascii_digit()).then_some(version)
        });
        versions.next().expect("a jar of the server")
    }

    fn topics(&self) -> Topics {
        let mut files = self.files();
        files.sort();
        if files.is_empty() {
            return Topics::default();
        }
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        let mut tool = Kafka::tool(LOG_TOOL).expect("Kafka");
        let said = output(tool.args(["--print-data-log", "--files", &files.join(",")]));
        let mut place = None;
        let mut records = Vec::new();
        for line in said.lines() {
            if let Some(file) = line.strip_prefix("Dumping ") {
                let folder = Path::new(file).parent().expect("a folder");
                place = names().find_map(|name| Some((name, partition_of(folder, name)?)));
            } else if let (Some((topic, partition)), Some(record)) = (place, line.strip_prefix('|'))
            {
                records.push(record_of(topic, partition, record));
            }
        }
        Topics { records }
    }
}

/// The partition, if this folder holds one of this topic.
fn partition_of(folder: &Path, topic: &str) -> Option<i64> {
    let name = folder.file_name()?.to_str()?;
    name.strip_prefix(topic)?.strip_prefix('-')?.parse().ok()
}

/// One line of the tool: names and values, and in the end the payload.
fn record_of(topic: &str, partition: i64, line: &str) -> Record {
    let (head, payload) = line.split_once(" payload: ").expect("a payload");
    let words: Vec<&str> = head.split_whitespace().collect();
    let number = |name: &str| -> i64 {
        let at = words.iter().position(|word| *word == name).expect("a name");
        words[at + 1].parse().expect("a number")
    };
    Record {
        topic: topic.to_owned(),
        partition,
        offset: number("offset:"),
        published_at_ms: number("CreateTime:"),
        event: event_of(payload),
    }
}

/// What a person sees who lets Kafka show a topic: each record's key, and the event.
pub fn on_the_console(broker: SocketAddr, topic: &str) -> Vec<(String, Value)> {
    let mut consumer = Kafka::tool(CONSOLE_CONSUMER).expect("Kafka");
    consumer.args(["--bootstrap-server", &broker.to_string(), "--topic", topic]);
    consumer.args(["--from-beginning", "--timeout-ms", QUIET_MS, "--property", "print.key=true"]);
    let said = output(&mut consumer);
    let lines = said.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(key, event)| (key.to_owned(), serde_json::from_str(event).expect("JSON"))).collect()
}

/// What it writes; why it writes nothing goes to the tests' own output.
fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.expect("java");
    assert!(output.status.success(), "{command:?} ended with {}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}
