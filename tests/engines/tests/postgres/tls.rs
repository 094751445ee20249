//! TLS: asked for by the connection string, and never without the server's identity proven.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use test_support::address;
use test_support::postgres::{Certificate, Postgres};

use crate::app::App;
use crate::process::Site;

/// Every use of TLS is seen by the server itself.
const IS_ENCRYPTED: &str = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

/// A server whose certificate an authority signed that no machine knows, and that authority.
fn server_and_authority() -> (Arc<Postgres>, String) {
    let address = address::reserve();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![address.ip().to_string()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let (chain_pem, key_pem) = (certificate.pem(), key.serialize_pem());
    let certificate = Certificate { chain_pem: &chain_pem, key_pem: &key_pem };
    (Postgres::with_certificate(address, certificate), authority.pem())
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let (server, _) = server_and_authority();
    let app = App::on(server.database()).await;
    let url = app.database.url();
    // Preferring TLS is no leave to skip the proof where the server offers it.
    for mode in ["require", "prefer"] {
        let seen = app.run_at(&format!("{url}?sslmode={mode}"), IS_ENCRYPTED).await;
        assert!(seen.contains("invalid peer certificate: UnknownIssuer"), "{mode}: {seen}");
    }
    let seen = app.run_at(&format!("{url}?sslmode=disable"), IS_ENCRYPTED).await;
    assert_eq!(seen, "Boolean(false)\n");
}

#[test]
fn a_certificate_of_a_trusted_authority_is_accepted() {
    let (server, authority) = server_and_authority();
    let database = server.database();
    let trusted = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(trusted.path(), authority).unwrap();
    let site = Site::serve(|host| {
        host.env("SSL_CERT_FILE", trusted.path()).env_remove("SSL_CERT_DIR");
    });
    let url = format!("{}?sslmode=require", database.url());
    assert_eq!(site.run(&url, IS_ENCRYPTED).as_deref(), Some("Boolean(true)\n"));
}

#[tokio::test]
async fn a_server_without_tls_serves_those_who_prefer_it_and_not_those_who_require_it() {
    let app = App::start().await;
    let url = app.database.url();
    let seen = app.run_at(&format!("{url}?sslmode=prefer"), IS_ENCRYPTED).await;
    assert_eq!(seen, "Boolean(false)\n");
    let seen = app.run_at(&format!("{url}?sslmode=require"), IS_ENCRYPTED).await;
    let refused = "no connection: error performing TLS handshake: server does not support TLS";
    assert_eq!(seen, format!("open: ConnectionFailed(\"{refused}\")\n"));
}
