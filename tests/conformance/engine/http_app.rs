//! The app behind a socket on a free port, for a sidecar that is a process.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpListener;

use super::App;

/// Serves at this address until the runtime ends.
pub(super) async fn serve(app: &Arc<App>, address: SocketAddr) {
    let listener = TcpListener::bind(address).await.expect("a free port");
    let app = Arc::clone(app);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let app = Arc::clone(&app);
            let service = service_fn(move |request| answer(request, Arc::clone(&app)));
            tokio::spawn(async move {
                let builder = Builder::new(TokioExecutor::new());
                // A sidecar that ends breaks its connections off.
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
}

async fn answer(
    request: Request<Incoming>,
    app: Arc<App>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let answered: Result<_, Infallible> = Ok(app.answer(Request::from_parts(head, body)).await);
    let Ok(response) = answered;
    Ok(response.map(Full::new))
}
