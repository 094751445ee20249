//! Kafka's jars, fetched by Maven from wherever it is told to fetch from.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use real_engines::{KAFKA_VERSION, Kafka};

use crate::program;

/// The broker, its command line tools, and a logger without which it says nothing.
const JARS: [(&str, &str, &str); 3] = [
    ("org.apache.kafka", "kafka_2.13", KAFKA_VERSION),
    ("org.apache.kafka", "kafka-tools", KAFKA_VERSION),
    ("org.slf4j", "slf4j-simple", "1.7.36"),
];

pub(super) fn fetch_kafka() -> Result<()> {
    let folder = real_engines::folder_of(Kafka::NAME, KAFKA_VERSION)?;
    eprintln!("Fetching Kafka {KAFKA_VERSION} into {}.", folder.display());
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let project = folder.join("pom.xml");
    fs::write(&project, project_file()).context("cannot write the project file")?;
    // A fetch that is interrupted must not leave what looks like a whole Kafka.
    let partial = folder.join("libs.partial");
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--quiet", "--file"]).arg(&project);
    maven.args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
    maven.arg(format!("-DoutputDirectory={}", partial.display()));
    program::run(&mut maven).context("Kafka comes by Maven; install Maven, or set KAFKA_HOME")?;
    fs::rename(partial, folder.join("libs")).context("cannot keep the jars")
}

fn project_file() -> String {
    let dependencies: String = JARS
        .iter()
        .map(|(group, artifact, version)| {
            format!(
                "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>\
                 <version>{version}</version></dependency>\n"
            )
        })
        .collect();
    format!(
        "<project>\n<modelVersion>4.0.0</modelVersion>\n<groupId>taskmaster.test</groupId>\n\
         <artifactId>kafka</artifactId>\n<version>1</version>\n\
         <dependencies>\n{dependencies}</dependencies>\n</project>\n"
    )
}
