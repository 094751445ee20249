//! Telling people and programs that the application is being served, and where.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;
use embedded_host::Host;

/// The first line, and one per route, on stdout: what a person wants to click.
pub(super) fn print(host: &Host, address: SocketAddr) {
    let mut text = format!("Serving http://{address}\n");
    for route in host.routes() {
        let path = route.pattern.trim_start_matches('/');
        text.push_str(&format!("  {}: http://{address}/{path}\n", route.component));
    }
    // Whoever started this may read one line and close the pipe; serving does not depend on it.
    let mut stdout = std::io::stdout();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Writes the address so that a reader finds either no file or the whole address.
pub(super) fn write(file: &Path, address: SocketAddr) -> anyhow::Result<()> {
    let draft = file.with_extension("draft");
    std::fs::write(&draft, address.to_string())
        .and_then(|()| std::fs::rename(&draft, file))
        .with_context(|| format!("cannot write the ready file {}", file.display()))
}
