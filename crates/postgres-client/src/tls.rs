//! TLS towards a server: whose word is taken for its certificate.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What connects with TLS, certificate and name of the server verified.
pub fn connector() -> Result<MakeRustlsConnect, rustls::Error> {
    // The roots are those of the machine: read once, and the same for all hosts of this process.
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let roots = Arc::clone(ROOTS.get_or_init(|| Arc::new(trusted_roots())));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// The machine's roots, or those named by `SSL_CERT_FILE` and `SSL_CERT_DIR`.
fn trusted_roots() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "trusted certificates could not be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    // A machine without any, such as a minimal container, gets Mozilla's; where some should have
    // been found and were not, trusting others instead is not for us to decide.
    if roots.is_empty() && found.errors.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}
