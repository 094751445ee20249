//! Inbound requests as values, with a bound on their bodies, and answers on their way out.

use bytes::Bytes;
use futures::{SinkExt, TryStreamExt};
use spin_sdk::http::{Fields, IncomingRequest, OutgoingResponse, ResponseOutparam};
use task_app::{Problem, Request, Response};

/// Reads a whole request; what is larger than `limit_bytes` is refused without being read.
pub(crate) async fn collect(
    incoming: IncomingRequest,
    limit_bytes: usize,
) -> Result<Request, Problem> {
    let method = http::Method::from_bytes(incoming.method().to_string().as_bytes())
        .map_err(|_| Problem::malformed("the method is not one of HTTP"))?;
    let mut head = http::Request::builder()
        .method(method)
        .uri(incoming.path_with_query().unwrap_or_else(|| "/".to_owned()));
    for (name, value) in incoming.headers().entries() {
        head = head.header(name, value);
    }
    let head = head
        .body(())
        .map_err(|error| Problem::malformed(format!("the head cannot be read: {error}")))?;
    let body = read(incoming, limit_bytes).await?;
    Ok(head.map(|()| body))
}

async fn read(incoming: IncomingRequest, limit_bytes: usize) -> Result<Bytes, Problem> {
    let mut stream = std::pin::pin!(incoming.into_body_stream());
    let mut body = Vec::new();
    while let Some(chunk) = stream
        .try_next()
        .await
        .map_err(|_| Problem::malformed("the body ended before its length"))?
    {
        if body.len() + chunk.len() > limit_bytes {
            return Err(Problem::body_too_large(limit_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(body))
}

/// Sends an answer, whole. The component may go on working afterwards.
pub(crate) async fn answer(response: Response, out: ResponseOutparam) {
    let (parts, body) = response.into_parts();
    let mut headers: Vec<(String, Vec<u8>)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    headers.push(("content-length".to_owned(), body.len().to_string().into_bytes()));
    let fields = match Fields::from_list(&headers) {
        Ok(fields) => fields,
        Err(error) => {
            tracing::error!(?error, "an answer has headers that cannot be sent");
            Fields::new()
        }
    };
    let outgoing = OutgoingResponse::new(fields);
    if outgoing.set_status_code(parts.status.as_u16()).is_err() {
        tracing::error!(status = %parts.status, "an answer has a status that cannot be sent");
    }
    let mut sink = outgoing.take_body();
    out.set(outgoing);
    // A client that has left is no fault; what it asked for is done.
    let _ = sink.send(body.to_vec()).await;
}
