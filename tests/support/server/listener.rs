//! A port whose connections are served on threads of their own.

use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// An open port on loopback. Its threads and sockets end when it is dropped.
pub struct Listener {
    address: SocketAddr,
    connections: Arc<Mutex<Connections>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Connections {
    streams: Vec<TcpStream>,
    stopped: bool,
}

impl Listener {
    /// Calls `serve` for each connection, with its number from 1. A connection stays open until
    /// `serve` shuts it down or this is dropped. A panic of `serve` fails the test.
    pub fn start(serve: impl Fn(&TcpStream, usize) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::<Mutex<Connections>>::default();
        let thread = {
            let connections = Arc::clone(&connections);
            thread::spawn(move || accept(&listener, &connections, &serve))
        };
        Self {
            address,
            connections,
            thread: Some(thread),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections came so far.
    pub fn connections(&self) -> usize {
        self.connections.lock().unwrap().streams.len()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        {
            let mut connections = self.connections.lock().unwrap();
            connections.stopped = true;
            for stream in &connections.streams {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        // Wakes `accept`.
        let _ = TcpStream::connect(self.address);
        let ended = self.thread.take().unwrap().join();
        if ended.is_err() && !thread::panicking() {
            panic!("the server failed, see above");
        }
    }
}

fn accept(
    listener: &TcpListener,
    connections: &Mutex<Connections>,
    serve: &(impl Fn(&TcpStream, usize) + Sync),
) {
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            let number = {
                let mut connections = connections.lock().unwrap();
                if connections.stopped {
                    return;
                }
                connections.streams.push(stream.try_clone().unwrap());
                connections.streams.len()
            };
            scope.spawn(move || serve(&stream, number));
        }
    });
}
