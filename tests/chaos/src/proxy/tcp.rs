//! A proxy that knows nothing but bytes, and can cut connections as a dying network does.

use std::net::SocketAddr;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::broadcast::{self, Receiver, Sender};

/// Cuts that a busy connection has not looked at yet; older ones are passed over.
const CUTS_WAITING: usize = 16;

#[derive(Debug)]
pub(crate) struct TcpProxy {
    cuts: Sender<Cut>,
}

/// Which of the connections are cut.
#[derive(Clone, Copy, Debug)]
struct Cut {
    share: f64,
    salt: u64,
}

impl TcpProxy {
    /// Serves on `listen` until the runtime ends.
    pub(crate) fn start(runtime: &Handle, listen: SocketAddr, upstream: SocketAddr) -> Self {
        let listener = runtime.block_on(TcpListener::bind(listen));
        let listener =
            listener.unwrap_or_else(|error| panic!("cannot listen on {listen}: {error}"));
        let (cuts, _) = broadcast::channel(CUTS_WAITING);
        let own = cuts.clone();
        runtime.spawn(async move {
            for number in 0_u64.. {
                let Ok((connection, _)) = listener.accept().await else { continue };
                tokio::spawn(carry(connection, upstream, cuts.subscribe(), number));
            }
        });
        TcpProxy { cuts: own }
    }

    /// Resets this share of the connections.
    pub(crate) fn cut(&self, share: f64, salt: u64) {
        // Nobody listens when there is no connection.
        let _ = self.cuts.send(Cut { share, salt });
    }
}

async fn carry(mut near: TcpStream, upstream: SocketAddr, mut cuts: Receiver<Cut>, number: u64) {
    // Nobody there: the one who came is hung up on, as the one who is not there would.
    let Ok(mut far) = TcpStream::connect(upstream).await else { return };
    let _ = near.set_nodelay(true).and_then(|()| far.set_nodelay(true));
    tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => {}
        () = hit(&mut cuts, number) => {
            // A reset, and not an orderly end: what was on its way is lost.
            let _ = near.set_zero_linger().and_then(|()| far.set_zero_linger());
        }
    }
}

/// Ends when a cut hits this connection.
async fn hit(cuts: &mut Receiver<Cut>, number: u64) {
    loop {
        match cuts.recv().await {
            Ok(Cut { share, salt }) => {
                if StdRng::seed_from_u64(salt ^ number).random_bool(share) {
                    return;
                }
            }
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            // The proxy is gone, and the runtime with it soon.
            Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
        }
    }
}
