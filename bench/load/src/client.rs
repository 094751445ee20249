//! One keep-alive connection of one signed-up user.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    authority: String,
    authorization: Option<String>,
}

impl Client {
    pub(crate) async fn connect(authority: &str) -> Result<Self> {
        let stream = TcpStream::connect(authority)
            .await
            .with_context(|| format!("cannot connect to {authority}"))?;
        stream.set_nodelay(true).context("cannot switch Nagle's algorithm off")?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.context("the handshake failed")?;
        // It ends with the sender; a broken connection shows in the next request.
        tokio::spawn(connection);
        Ok(Client { sender, authority: authority.to_owned(), authorization: None })
    }

    /// Makes an account and uses its token from now on.
    pub(crate) async fn sign_up(&mut self, email: &str) -> Result<()> {
        let account = serde_json::json!({"email": email, "password": "correct horse battery"});
        let body = Bytes::from(serde_json::to_vec(&account)?);
        let answer = self.send(Method::POST, "/api/auth/signup", body).await?;
        let answer: serde_json::Value =
            serde_json::from_slice(&answer).context("sign-up did not answer JSON")?;
        let token = answer["access_token"].as_str().context("sign-up gave no access_token")?;
        self.authorization = Some(format!("Bearer {token}"));
        Ok(())
    }

    /// A request that must succeed: a failed one would look fast.
    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Bytes) -> Result<Bytes> {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::HOST, &self.authority);
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(body)).context("the request is malformed")?;
        self.sender.ready().await.context("the connection was closed")?;
        let response = self.sender.send_request(request).await.context("no answer")?;
        let status = response.status();
        let body = response.into_body().collect().await.context("the answer broke off")?;
        let body = body.to_bytes();
        if !matches!(status, StatusCode::OK | StatusCode::CREATED) {
            bail!("{method} {path} answered {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }
}
