//! A server on a loopback port that can also send what a correct server does not.
//!
//! It knows nothing of this crate, so that the tests of all packages can share it.
#![allow(dead_code, unused_imports, reason = "no test file uses all of it")]
#![allow(clippy::panic, clippy::unwrap_used)]

mod listener;
mod received;
mod reply;

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

pub use self::listener::Listener;
pub use self::received::Received;
pub use self::reply::Reply;
use self::reply::Then;

/// Timeout for what must happen soon, on a busy machine too.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A running server; its threads and sockets end when it is dropped.
pub struct Server {
    listener: Listener,
    shared: Arc<Shared>,
}

struct Shared {
    respond: Box<dyn Fn(&Received) -> Reply + Send + Sync>,
    received: Mutex<Vec<Received>>,
    counts: Mutex<Counts>,
    /// Notified of each request and of each connection that ends.
    changed: Condvar,
}

#[derive(Default)]
struct Counts {
    requests: usize,
    closed: usize,
}

impl Server {
    /// Starts a server that sends what `respond` returns for each request.
    pub fn start(respond: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared {
            respond: Box::new(respond),
            received: Mutex::default(),
            counts: Mutex::default(),
            changed: Condvar::new(),
        });
        let serving = Arc::clone(&shared);
        let listener = Listener::start(move |stream, number| {
            let _closed = Closed(&serving, stream);
            // An error is a client that hung up, which many are meant to do.
            let _ = serving.converse(stream, number);
        });
        Self { listener, shared }
    }

    /// Starts a server that sends the same reply to every request.
    pub fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone())
    }

    /// Starts a server that sends the replies in turn. There must not be more requests than replies.
    pub fn script(replies: impl IntoIterator<Item = Reply, IntoIter: Send + 'static>) -> Self {
        let replies = Mutex::new(replies.into_iter());
        Self::start(move |request| match replies.lock().unwrap().next() {
            Some(reply) => reply,
            None => panic!("one request too many: {request:?}"),
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The requests that came so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// The one request that came.
    pub fn only_request(&self) -> Received {
        let received = self.received();
        assert_eq!(received.len(), 1, "{received:?}");
        received.into_iter().next().unwrap()
    }

    /// How many connections came so far.
    pub fn connections(&self) -> usize {
        self.listener.connections()
    }

    /// Waits until the server has closed so many of them.
    pub fn wait_until_closed(&self, count: usize) {
        let counts = self.shared.counts.lock().unwrap();
        let fewer = |counts: &mut Counts| counts.closed < count;
        drop(self.shared.changed.wait_while(counts, fewer).unwrap());
    }

    /// Waits until so many requests came.
    #[track_caller]
    pub fn wait_for_requests(&self, count: usize) {
        self.wait(|counts| counts.requests >= count);
    }

    /// Waits until no connection is open any more.
    #[track_caller]
    pub fn wait_until_all_closed(&self) {
        self.wait(|counts| counts.closed == self.connections());
    }

    #[track_caller]
    fn wait(&self, is_so: impl Fn(&Counts) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut counts = self.shared.counts.lock().unwrap();
        while !is_so(&counts) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "{} connections, {} of them closed, {} requests",
                self.connections(),
                counts.closed,
                counts.requests,
            );
            counts = self.shared.changed.wait_timeout(counts, left).unwrap().0;
        }
    }
}

impl Shared {
    fn converse(&self, mut stream: &TcpStream, number: usize) -> io::Result<()> {
        let mut reader = BufReader::new(stream);
        while let Some(mut request) = Received::read(&mut reader)? {
            request.connection = number;
            self.received.lock().unwrap().push(request.clone());
            self.counts.lock().unwrap().requests += 1;
            self.changed.notify_all();
            let reply = (self.respond)(&request);
            stream.write_all(&reply.bytes)?;
            match reply.then {
                Then::Listen => {}
                Then::Close => return Ok(()),
                Then::Hang => return io::copy(&mut reader, &mut io::sink()).map(|_| ()),
                Then::Trickle(byte) => {
                    // Waits for the client to hang up, and not for long.
                    stream.set_read_timeout(Some(Duration::from_millis(10)))?;
                    while !matches!(reader.fill_buf(), Ok([])) {
                        stream.write_all(&[byte])?;
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Closes a connection and counts it at the end, also where a test went wrong.
struct Closed<'s>(&'s Shared, &'s TcpStream);

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        let _ = self.1.shutdown(Shutdown::Both);
        self.0.counts.lock().unwrap().closed += 1;
        self.0.changed.notify_all();
    }
}

/// An address without a listener. No other process can listen there while this value lives, since
/// it is the other end of a connection.
pub struct Deserted {
    stream: TcpStream,
    _listener: TcpListener,
}

impl Deserted {
    pub fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        Self {
            stream,
            _listener: listener,
        }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/iq", self.stream.local_addr().unwrap())
    }
}
