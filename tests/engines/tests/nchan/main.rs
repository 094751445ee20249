//! The realtime hub: nginx with nchan, by the configuration that this checkout ships.

#![expect(clippy::expect_used, reason = "what is expected here is what is tested")]

use std::process::Command;

use test_support::checkout;

const NGINX: &str = "/usr/sbin/nginx";
const CONFIGURATION: &str = "runtime-config/nchan.conf";

#[test]
fn the_configuration_is_one_that_nginx_takes() {
    let output = Command::new(NGINX)
        .args(["-t", "-c"])
        .arg(checkout::root().join(CONFIGURATION))
        .output()
        .expect("nginx runs; `cargo xtask test --engines` installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "nginx refuses the configuration:\n{said}");
}
