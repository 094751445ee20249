//! The machine that the figures belong to, as far as the system tells.

use std::fs;

/// "2 × Some CPU, 23 GiB, linux".
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = field(&cpuinfo, "model name").unwrap_or(std::env::consts::ARCH);
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = field(&meminfo, "MemTotal").and_then(kibibytes);
    let memory = memory.map_or(String::new(), |kib| format!(", {} GiB", kib / 1024 / 1024));
    format!("{cores} × {model}{memory}, {}", std::env::consts::OS)
}

/// Resident memory of a process, where the system tells.
pub(crate) fn rss_mib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    Some(kibibytes(field(&status, "VmRSS")?)? / 1024)
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
}
