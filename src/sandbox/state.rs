//! The state of a running sandbox.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::Request;
use hyper::body::Bytes;
use hyper::header::AUTHORIZATION;

use super::fault::{Delivery, Fault};
use super::fault_rule::FaultQueue;
use super::service::Service;

/// A request that reached the sandbox.
///
/// The value of its `Authorization` header is not kept, so that a failed assertion can print the
/// whole record.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, in capitals.
    pub method: String,
    /// The whole path, such as `/iq/activities/`.
    pub path: String,
    /// The query after the `?`, as it was sent.
    pub query: Option<String>,
    /// Whether there was an `Authorization` header.
    pub authorized: bool,
    /// The status of the response, or `None` if a [`Fault`] closed the connection without a
    /// response.
    pub status: Option<u16>,
}

pub(super) struct State {
    pub(super) service: Service,
    pub(super) latency: Duration,
    pub(super) faults: FaultQueue,
    pub(super) requests: Vec<RecordedRequest>,
}

/// The state, shared between the server and its owner.
#[derive(Clone)]
pub(super) struct SharedState(Arc<Mutex<State>>);

impl State {
    /// Returns the response to a request, and the delay before it is sent.
    pub(super) fn handle(&mut self, request: &Request<Bytes>) -> (Delivery, Duration) {
        let fault = self.faults.take(Service::list_page(request));
        let delay = fault.as_ref().map_or(Duration::ZERO, Fault::delay);
        let mut regular = || self.service.respond(request);
        let delivery = match fault {
            Some(fault) => fault.deliver(request, regular),
            None => Delivery::Complete(regular()),
        };
        self.requests.push(RecordedRequest {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
            authorized: request.headers().contains_key(AUTHORIZATION),
            status: delivery.status(),
        });
        (delivery, self.latency.saturating_add(delay))
    }
}

impl SharedState {
    pub(super) fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
