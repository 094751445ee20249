//! One keep-alive connection of one signed-up user.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    authority: String,
    authorization: Option<String>,
}

/// A request before it has a connection.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Bytes,
    /// What the body is, if there is one.
    pub(crate) content_type: HeaderValue,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Ask {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Ask { method: Method::GET, ..Ask::post(path, Bytes::new()) }
    }

    pub(crate) fn post(path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        let (path, body) = (path.into(), body.into());
        Ask { method: Method::POST, path, body, content_type: JSON }
    }
}

impl Client {
    pub(crate) async fn connect(authority: &str) -> Result<Self> {
        let sender = connect(authority).await?;
        Ok(Client { sender, authority: authority.to_owned(), authorization: None })
    }

    /// Makes an account and uses its token from now on.
    pub(crate) async fn sign_up(&mut self, email: &str) -> Result<()> {
        let account = serde_json::json!({"email": email, "password": "correct horse battery"});
        let answer = self.send(Ask::post("/api/auth/signup", account.to_string())).await?;
        let answer: Value =
            serde_json::from_slice(&answer).context("sign-up did not answer JSON")?;
        let token = answer["access_token"].as_str().context("sign-up gave no access_token")?;
        self.authorization = Some(format!("Bearer {token}"));
        Ok(())
    }

    /// A request that must succeed: a failed one would look fast.
    pub(crate) async fn send(&mut self, ask: Ask) -> Result<Bytes> {
        let described = format!("{} {}", ask.method, ask.path);
        let (status, body) = self.exchange(ask).await.with_context(|| described.clone())?;
        if !status.is_success() {
            bail!("{described} answered {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }

    /// Whatever the answer is.
    pub(crate) async fn exchange(&mut self, ask: Ask) -> Result<(StatusCode, Bytes)> {
        let mut request = Request::builder()
            .method(ask.method)
            .uri(ask.path)
            .header(header::HOST, &self.authority);
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if !ask.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, ask.content_type);
        }
        let request = request.body(Full::new(ask.body)).context("the request is malformed")?;
        // A server may close what was idle during the turns of others.
        if self.sender.ready().await.is_err() {
            self.sender = connect(&self.authority).await?;
        }
        let response = self.sender.send_request(request).await.context("no answer")?;
        let status = response.status();
        let body = response.into_body().collect().await.context("the answer broke off")?;
        Ok((status, body.to_bytes()))
    }
}

async fn connect(authority: &str) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(authority)
        .await
        .with_context(|| format!("cannot connect to {authority}"))?;
    stream.set_nodelay(true).context("cannot switch Nagle's algorithm off")?;
    let (sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.context("the handshake failed")?;
    // It ends with the sender; a broken connection shows in the next request.
    tokio::spawn(connection);
    Ok(sender)
}
