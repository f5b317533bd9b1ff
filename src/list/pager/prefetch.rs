//! Fetches pages ahead, each on a thread of its own.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use crate::call::{Call, ListPage};
use crate::error::{Error, Kind};
use crate::limits::cancel::CancelHandle;
use crate::list::decode::DecodedPage;
use crate::list::paged::{PageRequest, Paged};
use crate::request::Request;
use crate::transport::sizes::IDLE;

/// After the server throttled, one more page is fetched ahead for each so many pages that came.
/// With a smaller number, the server refuses more requests.
const PAGES_FOR_ONE_MORE: usize = 4;

/// Fetches the pages of a list in order, with up to `ahead` requests at the same time.
pub(super) struct Prefetch<P: Paged> {
    pub list: P,
    pub ahead: usize,
    /// The number of pages since the server throttled a page ahead of its turn.
    unthrottled: usize,
    /// Whether a page has come. From then on, pages have more attempts.
    begun: Arc<AtomicBool>,
    pub deadline: Option<Instant>,
    in_flight: VecDeque<InFlight<P>>,
    /// Stops the requests in flight.
    stop: CancelHandle,
}

struct InFlight<P: Paged> {
    number: u64,
    outcome: Receiver<Result<DecodedPage<P>, Error>>,
}

impl<P: Paged> Prefetch<P> {
    /// The number of connections that the pool keeps. With more pages, a connection would be closed
    /// after each call.
    pub const MAX_AHEAD: usize = IDLE;

    pub fn new(list: P) -> Self {
        Self {
            list,
            ahead: 0,
            unthrottled: usize::MAX,
            begun: Arc::default(),
            deadline: None,
            in_flight: VecDeque::new(),
            stop: CancelHandle::new(),
        }
    }

    /// Returns a page. Must be called with the pages in order.
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

    /// Fetches a page whose turn it is. `error` is the error of an attempt ahead of its turn.
    fn fetch_in_order(&self, number: u64, error: Option<Error>) -> Result<DecodedPage<P>, Error> {
        let begun = Arc::clone(&self.begun);
        let page = ListPage {
            begun,
            ahead: false,
        };
        fetch(self.request(number, page).after(error), &self.begun)
    }

    /// Stops the requests in flight. The list can continue afterwards, at any page.
    pub fn stop(&mut self) {
        mem::take(&mut self.stop).cancel();
        self.in_flight.clear();
    }

    /// Requests pages from `number` on, until the allowed number of requests is in flight.
    fn spawn_ahead(&mut self, number: u64) {
        let mut next = self
            .in_flight
            .back()
            .map_or(number, |page| page.number.saturating_add(1));
        let most = self.ahead.min(self.unthrottled / PAGES_FOR_ONE_MORE);
        while self.in_flight.len() < most {
            let begun = if next > number {
                // If the first page fails, the list stops this request. So it need not give up
                // itself.
                Arc::new(AtomicBool::new(true))
            } else {
                Arc::clone(&self.begun)
            };
            let request = self.request(next, ListPage { begun, ahead: true });
            // Otherwise all requests would be sent at the end of the pause, and delay the next
            // page.
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

    fn request(&self, number: u64, page: ListPage) -> Request {
        let PageRequest(request) = self.list.page_request(number);
        request.of_list(page, self.deadline, self.stop.clone())
    }
}

impl<P: Paged> InFlight<P> {
    fn wait(self) -> Result<DecodedPage<P>, Error> {
        self.outcome.recv().unwrap_or_else(|_| {
            Err(Error::new(
                Kind::Transport,
                "the thread that fetched the page ended without a result",
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
