//! The machine that the figures belong to, as far as the system tells, and what it was busy with.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

/// The unit of Linux's counters, the same on all of its common platforms: hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// Processor time of the machine and of each part of the benchmark, counted from an unknown start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counters {
    at: Instant,
    busy: Duration,
    waiting_for_disk: Duration,
    parts: Parts<Duration>,
}

/// One value for each part that shares the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Parts<T> {
    pub(crate) server: T,
    pub(crate) sidecar: T,
    pub(crate) broker: T,
    pub(crate) database: T,
    pub(crate) load: T,
}

/// Processor time that passed while something was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    pub(crate) elapsed: Duration,
    pub(crate) busy: Duration,
    pub(crate) waiting_for_disk: Duration,
    pub(crate) parts: Parts<Duration>,
}

/// The processes of each part; each stands for all that it started.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Processes {
    pub(crate) server: Option<u32>,
    pub(crate) sidecar: Option<u32>,
    /// Of the sidecar's jobs; counted with it.
    pub(crate) scheduler: Option<u32>,
    pub(crate) broker: Option<u32>,
    pub(crate) database: Option<u32>,
}

impl Processes {
    pub(crate) fn counters(&self) -> Counters {
        let table = ProcessTable::read();
        let part = |process: Option<u32>| process.map_or(Duration::ZERO, |id| table.cpu(id));
        let (busy, waiting_for_disk) = machine_times();
        Counters {
            at: Instant::now(),
            busy,
            waiting_for_disk,
            parts: Parts {
                server: part(self.server),
                sidecar: part(self.sidecar) + part(self.scheduler),
                broker: part(self.broker),
                database: part(self.database),
                load: table.alone(std::process::id()),
            },
        }
    }

    /// Resident memory of the server.
    pub(crate) fn rss_mib(&self) -> u64 {
        let table = ProcessTable::read();
        let resident = |id: u32| {
            let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            kibibytes(field(&status, "VmRSS")?)
        };
        let server = self.server.map(|id| table.tree(id)).unwrap_or_default();
        server.into_iter().filter_map(resident).sum::<u64>() / 1024
    }
}

impl Counters {
    pub(crate) fn until(&self, later: &Counters) -> Usage {
        Usage {
            elapsed: later.at.duration_since(self.at),
            busy: later.busy.saturating_sub(self.busy),
            waiting_for_disk: later.waiting_for_disk.saturating_sub(self.waiting_for_disk),
            parts: later.parts.with(self.parts, Duration::saturating_sub),
        }
    }
}

impl Parts<Duration> {
    fn with(self, other: Self, both: fn(Duration, Duration) -> Duration) -> Self {
        Parts {
            server: both(self.server, other.server),
            sidecar: both(self.sidecar, other.sidecar),
            broker: both(self.broker, other.broker),
            database: both(self.database, other.database),
            load: both(self.load, other.load),
        }
    }
}

impl Usage {
    pub(crate) fn and(self, other: Usage) -> Usage {
        Usage {
            elapsed: self.elapsed + other.elapsed,
            busy: self.busy + other.busy,
            waiting_for_disk: self.waiting_for_disk + other.waiting_for_disk,
            parts: self.parts.with(other.parts, |one, other| one + other),
        }
    }

    /// How many cores a processor time kept busy.
    pub(crate) fn cores(&self, time: Duration) -> f64 {
        time.as_secs_f64() / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }
}

/// Every process with its parent and its processor time, as of one moment.
struct ProcessTable {
    processes: BTreeMap<u32, (u32, Duration)>,
}

impl ProcessTable {
    fn read() -> Self {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let processes = ids.filter_map(|id| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            Some((id, parent_and_cpu(&stat)?))
        });
        ProcessTable { processes: processes.collect() }
    }

    fn alone(&self, id: u32) -> Duration {
        self.processes.get(&id).map_or(Duration::ZERO, |(_, cpu)| *cpu)
    }

    /// Of a process and all that descend from it.
    fn cpu(&self, id: u32) -> Duration {
        self.tree(id).into_iter().map(|id| self.alone(id)).sum()
    }

    fn tree(&self, root: u32) -> Vec<u32> {
        let mut found = vec![root];
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            let is_child = |(_, (of, _)): &(&u32, &(u32, Duration))| *of == parent;
            found.extend(self.processes.iter().filter(is_child).map(|(id, _)| *id));
            next += 1;
        }
        found
    }
}

/// From a line of the process table. The name, in parentheses, may hold anything.
fn parent_and_cpu(stat: &str) -> Option<(u32, Duration)> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok();
    // The state, the parent …, then user and system time.
    Some((ticks(1)?, TICK * (ticks(11)? + ticks(12)?)))
}

/// Busy, and idle only because of the disk.
fn machine_times() -> (Duration, Duration) {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = stat.lines().next().unwrap_or_default();
    let ticks: Vec<u32> =
        line.split_whitespace().skip(1).filter_map(|field| field.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq, steal
    let of = |fields: &[usize]| -> Duration {
        fields.iter().filter_map(|at| ticks.get(*at)).map(|ticks| TICK * *ticks).sum()
    };
    (of(&[0, 1, 2, 5, 6, 7]), of(&[4]))
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// "2 × Some CPU, 23 GiB, linux".
pub(crate) fn describe() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = field(&cpuinfo, "model name").unwrap_or(std::env::consts::ARCH);
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = field(&meminfo, "MemTotal").and_then(kibibytes);
    let memory = memory.map_or(String::new(), |kib| format!(", {} GiB", kib / 1024 / 1024));
    format!("{} × {model}{memory}, {}", cores(), std::env::consts::OS)
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

fn kibibytes(value: &str) -> Option<u64> {
    value.strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_the_process_table_is_read() {
        let status = "Name:\tload\nVmRSS:\t   40960 kB\n";
        assert_eq!(field(status, "VmRSS").and_then(kibibytes), Some(40_960));
        assert_eq!(field(status, "VmSwap"), None);
    }

    #[test]
    fn processor_time_is_found_behind_any_name() {
        let stat = "7 (a) b (c)) S 3 7 7 0 -1 4194304 5 0 0 0 120 30 0 0 20 0 1 0 9 1 1 1";
        assert_eq!(parent_and_cpu(stat), Some((3, Duration::from_millis(1_500))));
    }

    #[test]
    fn a_process_stands_for_all_that_it_started() {
        let second = Duration::from_secs(1);
        let processes = [(1, (0, second)), (5, (1, second)), (6, (5, second)), (7, (1, second))];
        let table = ProcessTable { processes: processes.into() };
        assert_eq!(table.tree(5), [5, 6]);
        assert_eq!(table.cpu(1), second * 4);
    }
}
