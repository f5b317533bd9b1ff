//! The HTTP server and its thread.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::Pin;
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

use super::fault::Delivery;
use super::state::SharedState;

/// A running server, which stops when dropped.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// The body of a response, which may end early with an error.
struct ResponseBody {
    bytes: Bytes,
    end: End,
}

enum End {
    Clean,
    /// Sends the bytes so far, and continues with `Break`.
    Flush,
    Break,
}

/// The maximum size of a request body, in bytes.
const BODY_LIMIT: usize = 1 << 20;

impl Server {
    pub(super) fn start(port: u16, state: SharedState) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            io::Error::new(error.kind(), format!("127.0.0.1, port {port}: {error}"))
        })?;
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
        runtime.spawn(accept(listener, state));
        let name = "fitrankings-sandbox".to_owned();
        // Dropping the runtime drops its tasks, which closes their sockets.
        let thread = thread::Builder::new().name(name).spawn(move || {
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self {
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

async fn accept(listener: tokio::net::TcpListener, state: SharedState) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely there are no free file descriptors. Wait until some are closed.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let state = state.clone();
        let service = service_fn(move |request| serve(state.clone(), request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

async fn serve(
    state: SharedState,
    request: Request<Incoming>,
) -> io::Result<Response<ResponseBody>> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let body = body.map_err(|_| connection_aborted())?.to_bytes();
    let request = Request::from_parts(parts, body);
    let (delivery, delay) = state.lock().handle(&request);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match delivery {
        Delivery::Complete(response) => Ok(response.map(ResponseBody::whole)),
        Delivery::Closed => Err(connection_aborted()),
        Delivery::Truncated(mut response) => {
            let length = HeaderValue::from(response.body().len().max(1));
            response.headers_mut().insert(CONTENT_LENGTH, length);
            Ok(response.map(ResponseBody::half))
        }
    }
}

impl ResponseBody {
    fn whole(bytes: Bytes) -> Self {
        let end = End::Clean;
        Self { bytes, end }
    }

    fn half(bytes: Bytes) -> Self {
        Self {
            bytes: bytes.slice(..bytes.len() / 2),
            end: End::Flush,
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match self.end {
            End::Clean => Poll::Ready(None),
            End::Break => Poll::Ready(Some(Err(connection_aborted()))),
            End::Flush => {
                self.end = End::Break;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty() && matches!(self.end, End::Clean)
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            End::Clean => SizeHint::with_exact(self.bytes.len() as u64),
            End::Flush | End::Break => SizeHint::default(),
        }
    }
}

/// Returns the error that makes hyper close a connection immediately.
fn connection_aborted() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}
