//! I4 against the devices: each goes on from where it is, and from where it was at earlier moments,
//! and ends with what the server has.

use std::time::Duration;

use serde_json::Value;
use test_support::invariants::Invariant;
use test_support::{Call, Client, Mirror, within};

use crate::devices::{Device, Devices, Halt};
use crate::run::Run;

/// Nothing is broken any more, but connections of before may be.
const PATIENCE: Duration = Duration::from_secs(10);

/// Gives how many copies were compared.
pub(super) fn check(run: &Run, devices: &mut Devices) -> u64 {
    let mut compared = 0;
    for device in devices.all() {
        let Some(server) = within(PATIENCE, || Server::ask(&device.person.client)) else {
            broken(run, device, "nobody answers any more");
            continue;
        };
        let earlier = std::mem::take(&mut device.earlier);
        for mut copy in [Mirror::default(), device.mirror.clone()].into_iter().chain(earlier) {
            compared += 1;
            let cursor = copy.seq();
            let mut go_on = || match device.bring_up(run, &mut copy) {
                Err(Halt::CutOff) => None,
                Ok(()) | Err(Halt::Misled) => Some(()),
            };
            if within(PATIENCE, &mut go_on).is_none()
                || copy.seq() != server.seq
                || copy.tasks() != server.tasks
            {
                let (here, there) = (copy.tasks().len(), server.tasks.len());
                let (seq, at) = (copy.seq(), server.seq);
                let what = format!(
                    "what went on from {cursor} has {here} tasks at {seq}, \
                     the server {there} at {at}"
                );
                broken(run, device, &what);
            }
        }
    }
    compared
}

fn broken(run: &Run, device: &Device, what: &str) {
    let mark = device.person.mark.trim();
    run.findings.of_all(Invariant::TheFeedLeadsToTheRows, format!("a device of {mark:?}: {what}"));
}

/// What the lists show, which a device begins with.
struct Server {
    seq: u64,
    tasks: Vec<Value>,
}

impl Server {
    /// `None` when it does not answer as it should.
    fn ask(client: &Client) -> Option<Self> {
        let mut tasks = Vec::new();
        let mut cursor = String::new();
        loop {
            let call = Call::get(&format!("/api/me/tasks?limit=200&cursor={cursor}"));
            let answer = client.try_call(&call).ok().filter(|answer| answer.is_success())?;
            let page = answer.json();
            tasks.extend(page["tasks"].as_array()?.iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => {
                    tasks.sort_by_key(|task| task["id"].as_u64());
                    return Some(Server { seq: page["seq"].as_u64()?, tasks });
                }
            }
        }
    }
}
