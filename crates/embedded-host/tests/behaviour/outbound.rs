//! Where a component may send requests, who answers them, and how long they may take.

use std::sync::Arc;

use bytes::Bytes;
use embedded_host::{Authority, AuthorityFuture, Refused};
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::app::{App, text};

/// Answers with what it was asked.
struct Mirror;

impl Authority for Mirror {
    fn call(&self, request: Request<Bytes>) -> AuthorityFuture<'_> {
        Box::pin(async move {
            let told = format!("{} {}", request.method(), request.uri());
            let headers: String = request
                .headers()
                .iter()
                .map(|(name, value)| format!("\n{name}: {}", value.to_str().unwrap()))
                .collect();
            let body = String::from_utf8_lossy(request.body()).into_owned();
            Ok(Response::new(Bytes::from(format!("{told}{headers}\n{body}"))))
        })
    }
}

/// Answers nobody, with or without saying so.
enum Absent {
    Refusing,
    Silent,
}

impl Authority for Absent {
    fn call(&self, _: Request<Bytes>) -> AuthorityFuture<'_> {
        Box::pin(async move {
            match self {
                Self::Refusing => Err(Refused),
                Self::Silent => std::future::pending().await,
            }
        })
    }
}

/// A socket on which `answer` handles every connection. Nothing is parsed.
async fn serve<F>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_host_that_is_not_allowed_is_denied() {
    let app = App::start().await;
    for url in ["http://denied.test/", "https://allowed.test/", "http://localhost:1/"] {
        let told = app.get_text(&format!("/?op=fetch&url={url}")).await;
        assert_eq!(told, "error: ErrorCode::HttpRequestDenied", "{url}");
    }
    let itself = app.get_text("/?op=fetch&url=/").await;
    assert_eq!(itself, "error: ErrorCode::HttpRequestDenied");
}

#[tokio::test]
async fn a_service_in_this_process_answers_for_its_authority() {
    let app = App::with(|builder| builder.authority("allowed.test:3500", Arc::new(Mirror))).await;
    let url = "/?op=fetch&method=POST&header=x-mine:1&url=http://allowed.test:3500/a?b=c";
    let told = app.post_text(url, "the body").await;
    assert_eq!(told, "200 POST http://allowed.test:3500/a?b=c\nx-mine: 1\nthe body");
}

#[tokio::test]
async fn an_authority_without_a_port_is_the_schemes_usual_one() {
    let app = App::with(|builder| builder.authority("allowed.test:80", Arc::new(Mirror))).await;
    let told = app.get_text("/?op=fetch&url=http://allowed.test/x").await;
    assert_eq!(told, "200 GET http://allowed.test/x\n");
}

#[tokio::test]
async fn a_service_that_is_gone_refuses_the_connection() {
    let absent = Arc::new(Absent::Refusing);
    let app = App::with(|builder| builder.authority("allowed.test:80", absent)).await;
    let told = app.get_text("/?op=fetch&url=http://allowed.test/").await;
    assert_eq!(told, "error: ErrorCode::ConnectionRefused");
}

#[tokio::test(start_paused = true)]
async fn a_response_that_does_not_begin_in_time_is_a_read_timeout() {
    let absent = Arc::new(Absent::Silent);
    let app = App::with(|builder| builder.authority("allowed.test:80", absent)).await;
    let started = tokio::time::Instant::now();
    let told = app.get_text("/?op=fetch&first_byte_ms=300&url=http://allowed.test/").await;
    assert_eq!(told, "error: ErrorCode::ConnectionReadTimeout");
    assert_eq!(started.elapsed().as_millis(), 300);
}

#[tokio::test]
async fn a_socket_is_reached_and_its_connection_kept() {
    let connections = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let url = serve(move |mut stream| {
        counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move {
            let mut buffer = [0; 4096];
            while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
            }
        }
    })
    .await;
    let app = App::start().await;
    for _ in 0..3 {
        assert_eq!(app.get_text(&format!("/?op=fetch&url={url}/")).await, "200 ok");
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_that_stops_in_the_middle_is_a_read_timeout() {
    let url = serve(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
        stream.write_all(head).await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let app = App::start().await;
    let told = app.get_text(&format!("/?op=fetch&between_bytes_ms=50&url={url}/")).await;
    assert!(told.starts_with("200 body error"), "{told}");
}

#[tokio::test]
async fn a_port_where_nobody_listens_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    let app = App::start().await;
    let told = app.get_text(&format!("/?op=fetch&url=http://{free}/")).await;
    assert_eq!(told, "error: ErrorCode::ConnectionRefused");
}

#[tokio::test]
async fn the_callers_trace_goes_on_unless_the_component_has_its_own() {
    let app = App::with(|builder| builder.authority("allowed.test:80", Arc::new(Mirror))).await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let fetch = |path: &str| {
        let request = Request::get(path)
            .header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"))
            .body(Bytes::new())
            .unwrap();
        app.host.handle(request)
    };
    let told = text(&fetch("/?op=fetch&url=http://allowed.test/").await);
    assert!(told.contains(&format!("traceparent: 00-{trace}-")), "{told}");
    let own = "/?op=fetch&header=traceparent:own&url=http://allowed.test/";
    let told = text(&fetch(own).await);
    assert!(told.contains("traceparent: own"), "{told}");
    let without = app.get_text("/?op=fetch&url=http://allowed.test/").await;
    assert!(!without.contains("traceparent"), "{without}");
}
