//! The socket and the thread behind it.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_LENGTH, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::runtime;
use tokio::sync::oneshot;

use super::State;
use super::fault::Delivery;

/// A running server; it stops when dropped.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// What the server and its owner share.
pub(super) type Shared = Arc<Mutex<State>>;

/// A body of an answer, which may break off.
struct Payload {
    bytes: Option<Bytes>,
    end: End,
}

enum End {
    Clean,
    /// Breaks off once what was written before is on its way.
    Flush,
    Break,
}

const BODY_LIMIT: usize = 1 << 20;

impl Server {
    pub(super) fn start(state: &Shared) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        runtime.spawn(accept(listener, Arc::clone(state)));
        let name = "fitrankings-sandbox".to_owned();
        // With the runtime go its tasks, and with those their sockets.
        let thread = thread::Builder::new().name(name).spawn(move || {
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Server {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(super) fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: tokio::net::TcpListener, state: Shared) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: some will be given back.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        let service = service_fn(move |request| serve(Arc::clone(&state), request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

async fn serve(state: Shared, request: Request<Incoming>) -> io::Result<Response<Payload>> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let body = body.map_err(|_| hang_up())?.to_bytes();
    let request = Request::from_parts(parts, body);
    let (delivery, delay) = lock(&state).handle(&request);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match delivery {
        Delivery::Whole(answer) => Ok(answer.map(Payload::whole)),
        Delivery::Nothing => Err(hang_up()),
        Delivery::Half(mut answer) => {
            let length = HeaderValue::from(answer.body().len().max(1));
            answer.headers_mut().insert(CONTENT_LENGTH, length);
            Ok(answer.map(Payload::half))
        }
    }
}

impl Payload {
    fn whole(bytes: Bytes) -> Payload {
        Payload {
            bytes: (!bytes.is_empty()).then_some(bytes),
            end: End::Clean,
        }
    }

    fn half(bytes: Bytes) -> Payload {
        let half = bytes.slice(..bytes.len() / 2);
        Payload {
            bytes: (!half.is_empty()).then_some(half),
            end: End::Flush,
        }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match self.end {
            End::Clean => Poll::Ready(None),
            End::Break => Poll::Ready(Some(Err(hang_up()))),
            End::Flush => {
                self.end = End::Break;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && matches!(self.end, End::Clean)
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            End::Clean => SizeHint::with_exact(self.bytes.as_ref().map_or(0, Bytes::len) as u64),
            End::Flush | End::Break => SizeHint::default(),
        }
    }
}

/// What makes hyper close a connection at once.
fn hang_up() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}
