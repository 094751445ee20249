//! `dlq`: dead letters, through the app's admin routes.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::data_folder::DataFolder;
use crate::workspace::Workspace;

/// The app answers these routes from its database at once; more means it is not there.
const TIMEOUT: Duration = Duration::from_secs(10);

/// List, show and replay dead letters
#[derive(Args)]
pub(crate) struct Dlq {
    #[command(subcommand)]
    action: Action,
    /// The app
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "TASKMASTER_URL",
        default_value = "http://127.0.0.1:3000"
    )]
    url: String,
    /// Folder whose secrets hold the admin token [default: .taskmaster]
    #[arg(long, global = true, value_name = "FOLDER", env = "TASKMASTER_DATA")]
    data: Option<PathBuf>,
    /// The admin token, when it is not in the data folder
    #[arg(
        long,
        global = true,
        value_name = "TOKEN",
        env = "TASKMASTER_ADMIN_TOKEN",
        hide_env_values = true
    )]
    admin_token: Option<String>,
}

#[derive(Subcommand)]
enum Action {
    /// A line for each dead letter, oldest first
    List {
        /// Only letters after this id
        #[arg(long, value_name = "ID")]
        after: Option<i64>,
        #[arg(long, value_name = "COUNT")]
        limit: Option<u32>,
    },
    /// One dead letter, whole
    Show { id: i64 },
    /// Publish a dead letter again
    Replay { id: i64 },
}

impl Dlq {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        match &self.action {
            Action::List { after, limit } => {
                let mut query = Vec::new();
                query.extend(after.map(|id| format!("after={id}")));
                query.extend(limit.map(|count| format!("limit={count}")));
                let path = format!("/admin/dead-letters?{}", query.join("&"));
                print_list(&self.call(workspace, "GET", path.trim_end_matches('?'))?)
            }
            Action::Show { id } => {
                let letter = self.call(workspace, "GET", &format!("/admin/dead-letters/{id}"))?;
                println!("{}", serde_json::to_string_pretty(&letter)?);
                Ok(())
            }
            Action::Replay { id } => {
                self.call(workspace, "POST", &format!("/admin/dead-letters/{id}/replay"))?;
                println!("Dead letter {id} is published again.");
                Ok(())
            }
        }
    }

    fn call(&self, workspace: &Workspace, method: &str, path: &str) -> Result<Value> {
        let token = match &self.admin_token {
            Some(token) => token.clone(),
            None => DataFolder::at(workspace, self.data.as_deref()).admin_token()?,
        };
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(&url)
            .header("authorization", format!("Bearer {token}"))
            .body(())
            .with_context(|| format!("{url} is not a URL"))?;
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .build();
        let agent = ureq::Agent::new_with_config(config);
        let mut response =
            agent.run(request).with_context(|| format!("no answer from {url}; is the app up?"))?;
        let text = response.body_mut().read_to_string().context("cannot read the answer")?;
        if !response.status().is_success() {
            bail!("{method} {url} answered {}: {text}", response.status());
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).context("the answer is not JSON")
    }
}

fn print_list(answer: &Value) -> Result<()> {
    let letters = answer["dead_letters"].as_array().context("the answer holds no dead_letters")?;
    for letter in letters {
        println!("{}", line(letter));
    }
    println!("{} dead letters.", letters.len());
    Ok(())
}

/// Id, time, topic, type and the reason, which comes last because it is long.
fn line(letter: &Value) -> String {
    let columns = ["id", "received_at", "topic", "event_type", "kind", "reason"].map(|name| {
        match &letter[name] {
            Value::String(text) => text.clone(),
            Value::Null => "-".to_owned(),
            other => other.to_string(),
        }
    });
    let replayed = match letter["replayed_at"].as_str() {
        Some(at) => format!("  (replayed {at})"),
        None => String::new(),
    };
    format!("{}{replayed}", columns.join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_the_reason_and_whether_it_was_replayed() {
        let letter = serde_json::json!({
            "id": 7, "kind": "undeliverable", "topic": "task-events",
            "event_type": "task.unheard-of", "reason": "no route",
            "received_at": "2027-01-31T09:00:00Z", "replayed_at": "2027-01-31T10:00:00Z",
        });
        let expected = "7  2027-01-31T09:00:00Z  task-events  task.unheard-of  undeliverable  \
                        no route  (replayed 2027-01-31T10:00:00Z)";
        assert_eq!(line(&letter), expected);
    }

    #[test]
    fn what_a_letter_does_not_say_is_a_dash() {
        assert_eq!(line(&serde_json::json!({"id": 1})), "1  -  -  -  -  -");
    }
}
