//! The way to a server, which can be closed: connections break, and new ones are refused. Knows
//! nothing of what goes through.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// Its address stays the same, open or closed.
pub(crate) struct Gate {
    address: SocketAddr,
    to: SocketAddr,
    state: Arc<State>,
    porter: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    is_open: AtomicBool,
    /// Both ends of everybody who is inside.
    inside: Mutex<Vec<TcpStream>>,
}

impl Gate {
    /// Closed.
    pub(crate) fn at(address: SocketAddr, to: SocketAddr) -> Self {
        Gate { address, to, state: Arc::default(), porter: None }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn open(&mut self) {
        let listener = TcpListener::bind(self.address);
        let listener = listener.unwrap_or_else(|error| panic!("{}: {error}", self.address));
        self.state.is_open.store(true, Ordering::SeqCst);
        let (state, to) = (Arc::clone(&self.state), self.to);
        self.porter = Some(thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if !state.is_open.load(Ordering::SeqCst) {
                    return;
                }
                // Whoever does not get through is hung up on, and comes again.
                let _ = state.let_in(&near, to);
            }
        }));
    }

    pub(crate) fn close(&mut self) {
        let Some(porter) = self.porter.take() else { return };
        self.state.is_open.store(false, Ordering::SeqCst);
        // Lets the porter see it.
        let _ = TcpStream::connect(self.address);
        porter.join().expect("the porter does not panic");
        for stream in self.state.inside().drain(..) {
            // One that has ended is out already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl State {
    fn let_in(&self, near: &TcpStream, to: SocketAddr) -> io::Result<()> {
        let far = TcpStream::connect(to)?;
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        for (from, to) in [(near, &far), (&far, near)] {
            let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
            self.inside().push(from.try_clone()?);
            thread::spawn(move || {
                let _ = io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
        Ok(())
    }

    fn inside(&self) -> MutexGuard<'_, Vec<TcpStream>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.close();
    }
}
