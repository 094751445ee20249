//! Devices that keep a copy of their user's tasks by the changes alone. They are cut off all the
//! time and go on where they were. What they learn of the app's own doing, they tell their user.

use std::sync::Arc;
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;
use test_support::invariants::Invariant;
use test_support::{Call, Mirror, Reflected};

use crate::dice::{Part, generator};
use crate::findings::TaskKey;
use crate::load::{Known, Person};
use crate::run::Run;

/// Users whose changes are also read from a stream.
const STREAMS: usize = 3;
/// Between two questions for somebody's changes: the load is the people's writes, and not this.
const BETWEEN_POLLS: Duration = Duration::from_millis(100);
/// After a stream that could not be opened.
const GAP: Duration = Duration::from_millis(100);
/// Changes after which a device hangs up at the latest.
const TAKEN_MAX: usize = 60;
/// Copies of earlier moments that go on from there in the end, for each user.
const EARLIER_MAX: usize = 4;
/// How often a question leaves such a copy.
const KEPT: f64 = 0.05;

#[derive(Debug, Default)]
pub(crate) struct Devices {
    pollers: Vec<Device>,
    streams: Vec<Device>,
}

/// One copy, and what it was at some earlier moments.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) person: Arc<Person>,
    pub(crate) mirror: Mirror,
    pub(crate) earlier: Vec<Mirror>,
}

/// Why a device could not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// Nobody answered, or not with what was asked for.
    CutOff,
    /// What came does not follow what is here. It has been reported.
    Misled,
}

impl Devices {
    /// They follow until the run is over.
    pub(crate) fn follow<'s, 'e>(&'e mut self, run: &'e Run, scope: &'s Scope<'s, 'e>) {
        let Devices { pollers, streams } = self;
        scope.spawn(move || poll(run, pollers));
        streams.extend(run.people.all().into_iter().take(STREAMS).map(Device::new));
        for (number, device) in streams.iter_mut().enumerate() {
            scope.spawn(move || {
                let mut dice = generator(run.plan.seed.wrapping_add(number as u64), Part::Streams);
                device.stream(run, &mut dice);
            });
        }
    }

    pub(crate) fn all(&mut self) -> impl Iterator<Item = &mut Device> {
        self.pollers.iter_mut().chain(&mut self.streams)
    }
}

/// Asks for the changes of one user after the other; newcomers get a device, too.
fn poll(run: &Run, devices: &mut Vec<Device>) {
    let mut dice = generator(run.plan.seed, Part::Pollers);
    let mut turn = 0;
    while run.waits_until(Instant::now() + BETWEEN_POLLS) {
        let people = run.people.all();
        devices.extend(people.into_iter().skip(devices.len()).map(Device::new));
        let count = devices.len();
        let Some(device) = devices.get_mut(turn % count.max(1)) else { continue };
        turn += 1;
        device.catch_up(run);
        if device.earlier.len() < EARLIER_MAX && dice.random_bool(KEPT) {
            device.earlier.push(device.mirror.clone());
        }
    }
}

impl Device {
    fn new(person: Arc<Person>) -> Self {
        Device { person, mirror: Mirror::default(), earlier: Vec::new() }
    }

    /// Takes in what the feed has after the last change here.
    fn catch_up(&mut self, run: &Run) {
        let mut mirror = std::mem::take(&mut self.mirror);
        // Who was cut off goes on in the next turn, who was misled begins anew.
        if self.bring_up(run, &mut mirror) != Err(Halt::Misled) {
            self.mirror = mirror;
        }
    }

    /// The same for any copy of this user's tasks.
    pub(crate) fn bring_up(&self, run: &Run, mirror: &mut Mirror) -> Result<(), Halt> {
        loop {
            let path = format!("/api/me/changes?limit=500&after={}", mirror.seq());
            let answer =
                self.person.client.try_call(&Call::get(&path)).map_err(|_| Halt::CutOff)?;
            if answer.status != 200 {
                return Err(Halt::CutOff);
            }
            let page = answer.json();
            for change in page["changes"].as_array().into_iter().flatten() {
                self.take(run, mirror, change)?;
            }
            if Some(mirror.seq()) >= page["seq"].as_u64() {
                return Ok(());
            }
        }
    }

    /// Connects and hangs up, again and again, maybe in the middle of a change.
    fn stream(&mut self, run: &Run, dice: &mut StdRng) {
        while !run.is_over() {
            let mut mirror = std::mem::take(&mut self.mirror);
            let opened = self.person.client.try_follow("/api/me/sync", Some(mirror.seq()));
            match opened {
                Ok(stream) => {
                    let most = dice.random_range(1..=TAKEN_MAX);
                    let mut changes = stream.filter(|event| event.name == "change").take(most);
                    let taken = changes.try_for_each(|it| self.take(run, &mut mirror, &it.data));
                    if taken == Err(Halt::Misled) {
                        continue;
                    }
                }
                Err(_) => thread::sleep(GAP),
            }
            self.mirror = mirror;
        }
    }

    fn take(&self, run: &Run, mirror: &mut Mirror, change: &Value) -> Result<(), Halt> {
        let number = change["task_id"].as_i64().unwrap_or_default();
        let task = TaskKey::new(&self.person.user_id, number);
        let before = mirror.seq();
        let reflected = mirror.reflect(change);
        if reflected != Reflected::Yes {
            let what = format!("after change {before} came {change}");
            run.findings.of_task(Invariant::TheFeedLeadsToTheRows, task, what);
            return Err(Halt::Misled);
        }
        self.tell(run, task, change);
        Ok(())
    }

    /// A next instance that the app made is one more task to do; one that it took back is not.
    fn tell(&self, run: &Run, task: TaskKey, change: &Value) {
        let number = task.number;
        let told = &change["task"];
        if change["change"] == "delete" {
            return self.person.book().forget(number);
        }
        let title = told["title"].as_str().unwrap_or_default();
        if !title.starts_with(&self.person.mark) {
            let what = format!("{:?} was shown {change}", self.person.mark.trim());
            run.findings.of_task(Invariant::NoRowCrossesUsers, task, what);
        }
        let known = Known::of(told.clone());
        if known.version() == 1 && known.is_next_instance() {
            self.person.book().meet(known);
        }
    }
}
