//! A server on a loopback port that says what no honest server would.
#![allow(dead_code, reason = "no test file uses all of it")]
#![allow(clippy::panic, clippy::unwrap_used)]

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use fitrankings::{Client, ClientBuilder, MasterToken, RetryPolicy};

/// How long something is waited for that must come soon, on a busy machine too.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The token of [`Server::client`].
pub const TOKEN: &str = "a-master-token";

/// A running server; its threads and sockets end when it is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    answer: Box<dyn Fn(&Received) -> Reply + Send + Sync>,
    received: Mutex<Vec<Received>>,
    connections: Mutex<Connections>,
    /// Told of each request and of each connection that ends.
    changed: Condvar,
}

#[derive(Default)]
struct Connections {
    streams: Vec<TcpStream>,
    requests: usize,
    closed: usize,
    stopped: bool,
}

impl Server {
    /// Answers every request with what `answer` makes of it.
    pub fn start(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer: Box::new(answer),
            received: Mutex::default(),
            connections: Mutex::default(),
            changed: Condvar::new(),
        });
        let serving = Arc::clone(&shared);
        let thread = thread::spawn(move || serving.accept(&listener));
        Self {
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// Answers every request with the same.
    pub fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone())
    }

    /// Answers the first request with the first reply, and so on; there must not be more requests.
    pub fn script(replies: impl IntoIterator<Item = Reply, IntoIter: Send + 'static>) -> Self {
        let replies = Mutex::new(replies.into_iter());
        Self::start(move |request| match replies.lock().unwrap().next() {
            Some(reply) => reply,
            None => panic!("one request too many: {request:?}"),
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/iq", self.address)
    }

    /// A builder of clients of this server.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder()
            .base_url(self.base_url())
            .retry(RetryPolicy::none())
    }

    /// A client of this server with the defaults.
    pub fn client(&self) -> Client<MasterToken> {
        self.builder()
            .build(MasterToken::new(TOKEN).unwrap())
            .unwrap()
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
        self.shared.connections.lock().unwrap().streams.len()
    }

    /// Waits until the server has closed so many of them.
    pub fn wait_until_closed(&self, count: usize) {
        let connections = self.shared.connections.lock().unwrap();
        let fewer = |connections: &mut Connections| connections.closed < count;
        drop(self.shared.changed.wait_while(connections, fewer).unwrap());
    }

    /// Waits until so many requests came.
    #[track_caller]
    pub fn wait_for_requests(&self, count: usize) {
        self.wait(|connections| connections.requests >= count);
    }

    /// Waits until no connection is open any more.
    #[track_caller]
    pub fn wait_until_all_closed(&self) {
        self.wait(|connections| connections.closed == connections.streams.len());
    }

    #[track_caller]
    fn wait(&self, is_so: impl Fn(&Connections) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut connections = self.shared.connections.lock().unwrap();
        while !is_so(&connections) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "{} connections, {} of them closed, {} requests",
                connections.streams.len(),
                connections.closed,
                connections.requests,
            );
            connections = self
                .shared
                .changed
                .wait_timeout(connections, left)
                .unwrap()
                .0;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        {
            let mut connections = self.shared.connections.lock().unwrap();
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

impl Shared {
    fn accept(&self, listener: &TcpListener) {
        thread::scope(|scope| {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let number = {
                    let mut connections = self.connections.lock().unwrap();
                    if connections.stopped {
                        return;
                    }
                    connections.streams.push(stream.try_clone().unwrap());
                    connections.streams.len()
                };
                scope.spawn(move || {
                    let connection = Connection(stream, self);
                    // An error is a client that hung up, which many are meant to do.
                    self.converse(&connection.0, number).ok()
                });
            }
        });
    }

    fn converse(&self, mut stream: &TcpStream, number: usize) -> io::Result<()> {
        let mut reader = BufReader::new(stream);
        while let Some(mut request) = Received::read(&mut reader)? {
            request.connection = number;
            self.received.lock().unwrap().push(request.clone());
            self.connections.lock().unwrap().requests += 1;
            self.changed.notify_all();
            let reply = (self.answer)(&request);
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

/// Is closed at the end, also where a test went wrong.
struct Connection<'s>(TcpStream, &'s Shared);

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        let _ = self.0.shutdown(Shutdown::Both);
        self.1.connections.lock().unwrap().closed += 1;
        self.1.changed.notify_all();
    }
}

/// What a server says to a request, and what it does then.
#[derive(Clone)]
pub struct Reply {
    bytes: Vec<u8>,
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    Listen,
    Close,
    Hang,
    Trickle(u8),
}

impl Reply {
    /// These bytes and no others, after which the next request is awaited.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            then: Then::Listen,
        }
    }

    /// A whole answer, its length included.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length = body.len().to_string();
        let headers: Vec<_> = [headers, &[("Content-Length", &length)]].concat();
        Self::head(status, &headers).and(body)
    }

    /// A whole answer in JSON.
    pub fn json(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::new(status, &[("Content-Type", "application/json")], body)
    }

    /// A whole answer in HTML.
    pub fn html(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::new(status, &[("Content-Type", "text/html")], body)
    }

    /// All but the body.
    pub fn head(status: u16, headers: &[(&str, &str)]) -> Self {
        // What a client makes of a status is in its number, not in the words after it.
        let mut text = format!("HTTP/1.1 {status} Whatever\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        Self::raw(text + "\r\n")
    }

    /// More bytes after the others.
    pub fn and(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.bytes.extend_from_slice(bytes.as_ref());
        self
    }

    /// Closes the connection then.
    pub fn then_close(mut self) -> Self {
        self.then = Then::Close;
        self
    }

    /// Says nothing more, until the client hangs up.
    pub fn then_hang(mut self) -> Self {
        self.then = Then::Hang;
        self
    }

    /// Says this over and over, a hundred times a second at most, until the client hangs up.
    pub fn then_trickle(mut self, byte: u8) -> Self {
        self.then = Then::Trickle(byte);
        self
    }
}

/// A request as it came, byte by byte.
#[derive(Clone)]
pub struct Received {
    pub bytes: Vec<u8>,
    /// Which connection it came on, from 1.
    pub connection: usize,
    head: usize,
}

impl Received {
    /// `None` at the end of a connection. What does not begin like HTTP is taken as it comes.
    fn read(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<Self>> {
        let start = reader.fill_buf()?.to_vec();
        match start.first() {
            None => return Ok(None),
            Some(byte) if byte.is_ascii_uppercase() => {}
            Some(_) => {
                reader.consume(start.len());
                return Ok(Some(Self {
                    bytes: start,
                    connection: 0,
                    head: 0,
                }));
            }
        }
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            if reader.read_until(b'\n', &mut bytes)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let head = bytes.len();
        let mut request = Self {
            bytes,
            connection: 0,
            head,
        };
        let length = request.header("content-length").unwrap_or("0").parse();
        let mut body = vec![0; length.unwrap()];
        reader.read_exact(&mut body)?;
        request.bytes.extend(body);
        Ok(Some(request))
    }

    fn head(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.head]).unwrap()
    }

    /// Method, path and query: `GET /iq/users/?page=2`.
    pub fn line(&self) -> &str {
        let line = self.head().lines().next().unwrap_or_default();
        line.strip_suffix(" HTTP/1.1").unwrap()
    }

    /// What stands after the `?`.
    pub fn query(&self) -> Option<&str> {
        self.line().split_once('?').map(|(_, query)| query)
    }

    /// The value of a header that must not be there twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .headers()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value);
        let value = values.next();
        assert_eq!(values.next(), None, "{name} is there twice");
        value
    }

    /// The names of all headers, in lower case and in order of the alphabet.
    pub fn header_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .headers()
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect();
        names.sort();
        names
    }

    fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.head().lines().skip(1);
        lines.filter_map(|line| line.split_once(": "))
    }

    pub fn body(&self) -> &str {
        std::str::from_utf8(&self.bytes[self.head..]).unwrap()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.bytes))
    }
}

/// An address at which nobody listens, and nobody else can as long as this is there: it is the
/// other end of a connection.
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
