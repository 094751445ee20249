//! Which names can be meant for the public internet.
//!
//! A search domain turns short names into inner ones, so a name needs a dot; and the last label of
//! a public name is never one of those that networks use among themselves.

use super::TargetFault;

/// Last labels that no public registry hands out, and that inner resolvers answer.
const INNER_ZONES: [&str; 20] = [
    "alt",
    "arpa",
    "cluster",
    "consul",
    "corp",
    "default",
    "docker",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "private",
    "svc",
    "test",
    "workgroup",
];

/// Public names whose owners answer with whatever address the name spells, or with loopback.
const REFLECTORS: [&str; 6] = ["localtest.me", "lvh.me", "nip.io", "sslip.io", "vcap.me", "xip.io"];

/// `name` is in ASCII and lower case.
pub(super) fn check(name: &str) -> Result<(), TargetFault> {
    let Some((_, zone)) = name.rsplit_once('.') else { return Err(TargetFault::InnerName) };
    // Registries hand out letters and, for other scripts, `xn--`; Kubernetes has `kube-system`.
    let handed_out = zone.bytes().all(|b| b.is_ascii_alphabetic()) || zone.starts_with("xn--");
    let below = |zone: &str| {
        name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let inner = INNER_ZONES.contains(&zone) || REFLECTORS.iter().any(|zone| below(zone));
    if handed_out && !inner { Ok(()) } else { Err(TargetFault::InnerName) }
}
