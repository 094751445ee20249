//! Outbound HTTP as the guest sees it: status and body, or the error code by name.

use crate::Query;
use futures::SinkExt;
use spin_sdk::http::{Fields, Method, OutgoingRequest, Scheme};
use spin_sdk::wit::wasi::http0_2_0::outgoing_handler;
use spin_sdk::wit::wasi::http0_2_0::types::RequestOptions;
use url::Url;

const NANOS_PER_MS: u64 = 1_000_000;

/// `url`, `method`, `header` (`name:value`), and the three timeouts in milliseconds.
pub async fn fetch(query: &Query, body: Vec<u8>) -> Vec<u8> {
    let target = query.text("url");
    let request = match build(&target, query) {
        Ok(request) => request,
        Err(reason) => return reason.into_bytes(),
    };
    let mut sink = request.take_body();
    let pending = match outgoing_handler::handle(request, Some(options(query))) {
        Ok(pending) => pending,
        Err(code) => return format!("error: {code:?}").into_bytes(),
    };
    if !body.is_empty() {
        // A refused request fails the write too; the reason comes with the response.
        let _ = sink.send(body).await;
    }
    drop(sink);
    match crate::pause::response(pending).await {
        Ok(response) => {
            let status = response.status();
            let body = response.into_body().await;
            match body {
                Ok(body) => [format!("{status} ").into_bytes(), body].concat(),
                Err(error) => format!("{status} body error: {error:?}").into_bytes(),
            }
        }
        Err(code) => format!("error: {code:?}").into_bytes(),
    }
}

fn build(target: &str, query: &Query) -> Result<OutgoingRequest, String> {
    let mut headers = Vec::new();
    if let Some((name, value)) = query.text("header").split_once(':') {
        headers.push((name.to_owned(), value.as_bytes().to_vec()));
    }
    let headers = Fields::from_list(&headers).map_err(|error| format!("error: {error:?}"))?;
    let request = OutgoingRequest::new(headers);
    let method = match query.text_or("method", "GET").as_str() {
        "POST" => Method::Post,
        _ => Method::Get,
    };
    request.set_method(&method).map_err(|()| "error: method")?;
    if target.starts_with('/') {
        request.set_path_with_query(Some(target)).map_err(|()| "error: path")?;
        return Ok(request);
    }
    let url = Url::parse(target).map_err(|error| format!("error: {error}"))?;
    let scheme = if url.scheme() == "https" { Scheme::Https } else { Scheme::Http };
    request.set_scheme(Some(&scheme)).map_err(|()| "error: scheme")?;
    request.set_authority(Some(url.authority())).map_err(|()| "error: authority")?;
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    request.set_path_with_query(Some(path)).map_err(|()| "error: path")?;
    Ok(request)
}

fn options(query: &Query) -> RequestOptions {
    let options = RequestOptions::new();
    let nanos = |name: &str| Some(query.number(name) * NANOS_PER_MS).filter(|nanos| *nanos > 0);
    let _ = options.set_connect_timeout(nanos("connect_ms"));
    let _ = options.set_first_byte_timeout(nanos("first_byte_ms"));
    let _ = options.set_between_bytes_timeout(nanos("between_bytes_ms"));
    options
}
