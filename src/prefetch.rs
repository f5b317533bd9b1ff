//! Pages that are fetched before they are asked for, each on a thread of its own.

use std::collections::VecDeque;
use std::mem;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use crate::cancel::CancelHandle;
use crate::error::{Error, Kind};
use crate::pages::{Fetched, PageRequest, Paged};
use crate::transport::IDLE;

/// The pages of a list, in order, up to `ahead` of them on their way at once.
pub(crate) struct Prefetch<P: Paged> {
    request: P,
    pub ahead: usize,
    pub deadline: Option<Instant>,
    flights: VecDeque<Flight<P>>,
    /// Stops what is under way when nobody will take it any more.
    stop: CancelHandle,
}

struct Flight<P: Paged> {
    number: u64,
    outcome: Receiver<Result<Fetched<P>, Error>>,
}

impl<P: Paged> Prefetch<P> {
    /// A page more, and a connection would be thrown away after each call.
    pub const MOST: usize = IDLE;

    pub fn new(request: P) -> Self {
        Self {
            request,
            ahead: 0,
            deadline: None,
            flights: VecDeque::new(),
            stop: CancelHandle::new(),
        }
    }

    /// A page; each is asked for once, in order.
    pub fn page(&mut self, number: u64) -> Result<Fetched<P>, Error> {
        self.depart(number);
        let Some(flight) = self.flights.pop_front() else {
            return self.fetcher(number)();
        };
        let page = flight.outcome.recv().unwrap_or_else(|_| {
            Err(Error::new(
                Kind::Transport,
                "the thread that fetched the page is gone",
            ))
        })?;
        if page.len() > 0 {
            self.depart(number.saturating_add(1));
        }
        Ok(page)
    }

    /// Stops what is under way. The list can go on after it, here or at another place.
    pub fn stop(&mut self) {
        mem::take(&mut self.stop).cancel();
        self.flights.clear();
    }

    /// Sends for pages, from `number` on, until as many are on their way as there may be.
    fn depart(&mut self, number: u64) {
        let mut next = self
            .flights
            .back()
            .map_or(number, |flight| flight.number.saturating_add(1));
        while self.flights.len() < self.ahead {
            let (sender, outcome) = mpsc::sync_channel(1);
            let fetch = self.fetcher(next);
            let thread = thread::Builder::new().name("fitrankings-page".into());
            let work = move || {
                // The list may have been dropped in the meantime.
                let _ = sender.send(fetch());
            };
            if thread.spawn(work).is_err() {
                return;
            }
            self.flights.push_back(Flight {
                number: next,
                outcome,
            });
            next = next.saturating_add(1);
        }
    }

    fn fetcher(&self, number: u64) -> impl FnOnce() -> Result<Fetched<P>, Error> + Send + use<P> {
        let PageRequest(request) = self.request.page_request(number);
        let request = request.limits(self.deadline, self.stop.clone());
        move || request.send(Fetched::read)
    }
}

impl<P: Paged> Drop for Prefetch<P> {
    fn drop(&mut self) {
        self.stop();
    }
}
