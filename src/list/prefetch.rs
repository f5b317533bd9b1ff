//! Fetches pages before they are asked for, each on a thread of its own.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use super::decoded_page::DecodedPage;
use super::paged::{PageRequest, Paged};
use crate::call::{Call, ListPage};
use crate::error::{Error, Kind};
use crate::limits::cancel::CancelHandle;
use crate::request::Request;
use crate::transport::sizes::IDLE;

/// How many pages have to come after the server throttled, before one more page is fetched ahead. A
/// smaller number costs more requests that are refused.
const PAGES_FOR_ONE_MORE: usize = 4;

/// Fetches the pages of a list in order, with up to `ahead` requests at the same time.
pub(super) struct Prefetch<P: Paged> {
    request: P,
    pub ahead: usize,
    /// How many pages came since the server throttled a page ahead of its turn.
    unthrottled: usize,
    /// Whether a page has come. From then on a page has more attempts.
    begun: Arc<AtomicBool>,
    pub deadline: Option<Instant>,
    in_flight: VecDeque<InFlight<P>>,
    /// Stops the requests in flight once their pages are not needed any more.
    stop: CancelHandle,
}

struct InFlight<P: Paged> {
    number: u64,
    outcome: Receiver<Result<DecodedPage<P>, Error>>,
}

impl<P: Paged> Prefetch<P> {
    /// The pool keeps as many connections. With one page more, a connection would be closed after each
    /// call.
    pub const MAX_AHEAD: usize = IDLE;

    pub fn new(request: P) -> Self {
        Self {
            request,
            ahead: 0,
            unthrottled: usize::MAX,
            begun: Arc::default(),
            deadline: None,
            in_flight: VecDeque::new(),
            stop: CancelHandle::new(),
        }
    }

    /// Returns a page. The pages must be asked for in order.
    pub fn page(&mut self, number: u64) -> Result<DecodedPage<P>, Error> {
        self.spawn_ahead(number);
        let page = match self.in_flight.pop_front().map(InFlight::wait) {
            Some(Err(error)) if error.is_throttled() => {
                self.unthrottled = 0;
                self.fetch_in_order(number, Some(error))
            }
            Some(outcome) => outcome,
            None => self.fetch_in_order(number, None),
        }?;
        self.unthrottled = self.unthrottled.saturating_add(1);
        if page.len() > 0 {
            self.spawn_ahead(number.saturating_add(1));
        }
        Ok(page)
    }

    /// Fetches a page whose turn it is. `error` is that of an attempt before its turn.
    fn fetch_in_order(&self, number: u64, error: Option<Error>) -> Result<DecodedPage<P>, Error> {
        let request = self.request(number, self.list_page(false)).after(error);
        fetch(request, &self.begun)
    }

    /// Stops the requests in flight. The list can go on afterwards, at any page.
    pub fn stop(&mut self) {
        mem::take(&mut self.stop).cancel();
        self.in_flight.clear();
    }

    /// Requests pages ahead, from `number` on, until as many requests are in flight as allowed.
    fn spawn_ahead(&mut self, number: u64) {
        let mut next = self
            .in_flight
            .back()
            .map_or(number, |page| page.number.saturating_add(1));
        let most = self.ahead.min(self.unthrottled / PAGES_FOR_ONE_MORE);
        while self.in_flight.len() < most {
            let mut page = self.list_page(true);
            if next > number {
                // If the first page fails, the list stops this one: until then it is patient.
                page.begun = Arc::new(AtomicBool::new(true));
            }
            let request = self.request(next, page);
            // At the end of the pause all of them would be sent, and compete with the next page.
            if request.is_paused() {
                return;
            }
            let (sender, outcome) = mpsc::sync_channel(1);
            let begun = Arc::clone(&self.begun);
            let thread = thread::Builder::new().name("fitrankings-page".into());
            let work = move || {
                // The list may have been dropped in the meantime.
                let _ = sender.send(fetch(request, &begun));
            };
            if thread.spawn(work).is_err() {
                return;
            }
            self.in_flight.push_back(InFlight {
                number: next,
                outcome,
            });
            next = next.saturating_add(1);
        }
    }

    fn list_page(&self, ahead: bool) -> ListPage {
        let begun = Arc::clone(&self.begun);
        ListPage { begun, ahead }
    }

    fn request(&self, number: u64, page: ListPage) -> Request {
        let PageRequest(request) = self.request.page_request(number);
        request.of_list(page, self.deadline, self.stop.clone())
    }
}

impl<P: Paged> InFlight<P> {
    fn wait(self) -> Result<DecodedPage<P>, Error> {
        self.outcome.recv().unwrap_or_else(|_| {
            Err(Error::new(
                Kind::Transport,
                "the thread that fetched the page is gone",
            ))
        })
    }
}

fn fetch<P: Paged>(request: Request, begun: &AtomicBool) -> Result<DecodedPage<P>, Error> {
    let page = request.send_as(|response, call: &Arc<Call>| {
        DecodedPage::decode(&response.error_for_part()?, call)
    });
    if page.is_ok() {
        begun.store(true, Ordering::Relaxed);
    }
    page
}

impl<P: Paged> Drop for Prefetch<P> {
    fn drop(&mut self) {
        self.stop();
    }
}
