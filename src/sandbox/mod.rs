//! A server on this machine that stands in for the FitRankings service, for
//! tests, for examples, and for a first look without credentials.
//!
//! ```
//! use fitrankings::sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start()?;
//! println!("{}", sandbox.base_url()); // http://127.0.0.1:PORT/iq
//! assert_eq!(sandbox.activity_count(), 3_000);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! It speaks real HTTP on a port of its own, on the loopback interface only, and
//! knows every operation of the API: the token exchange, the authorization page,
//! activities, users, and the two stat summaries. Its people and their activities
//! are made up from a seed: the same seed gives the same data on every machine
//! and every day. They fill the two years from 2015-09-01 to 2017-08-31.
//! [`Sandbox::fault`] makes it misbehave.
//!
//! # How far can it be trusted?
//!
//! It was written from the vendor's public reference, and where that is silent
//! from how a stock Django REST Framework behaves. It was never compared with the
//! live service. These are its **assumptions**, each of which the service may
//! not share:
//!
//! - **Order.** Activities come with the newest `action_date` first, users with
//!   the lowest id first. The vendor says "ordered by date" and no more: a service
//!   that orders by a date without saying how has the oldest first.
//! - **Pages.** A page past the end answers 404 `{"detail":"Invalid page."}`
//!   (or an empty list, with [`PastTheEnd::EmptyPage`]), but page 1 of an empty
//!   list is an empty list. A `page_size` above the maximum is capped without a
//!   word, and one that makes no sense counts as 20.
//! - **Periods.** All times are UTC, and weeks are ISO weeks, which begin on
//!   Monday. A user's week is written `2017-32` and a group's `2017-W32`, and
//!   neither endpoint takes the other's. `start` and `end` are both included.
//!   A superfluous parameter, a missing one and an end before the start are 400.
//! - **Summaries** are the exact sums over the activities whose `action_date` is
//!   in the period. The group has all users in it, active or not, and
//!   `avg_user_met_minutes` is spread over all of them.
//! - **A master token on the user summary** gets the summary of the first user,
//!   as if the application belonged to that user.
//! - **Everyone has authorized** the one application that exists, from the start.
//!   Authorizing again gives the same token again, and tokens do not expire.
//! - **A refusal** on the authorization page leads to the callback with
//!   `error=access_denied` and no token. A query that the callback has already is
//!   kept. Every absolute URL will do, on loopback as well. `user_id` has six
//!   digits, with zeros in front if need be.
//! - **A wrong `client_secret`** is 401, as the vendor's table of errors has an
//!   invalid key; a stock token view would answer 400.
//! - **Methods.** `HEAD` and `OPTIONS` are 405 like every other undocumented
//!   method.
//! - **Values.** Of the spellings of `provider_key` only `fitbit` and
//!   `google-oauth2` are the vendor's. The digits of `activity_type` and
//!   `fitness_type` and what an activity's reactions are have no known meaning.
//!   `comments` is empty throughout, and no activity is deleted or locked.
//! - **Throttling** does not happen by itself, only as a [`Fault`].
//!   A request body of more than a megabyte is not read: the connection closes.

mod answer;
mod authorize;
mod browser;
mod calendar;
mod dice;
mod fault;
mod person;
mod query;
mod record;
mod routes;
mod server;
mod summary;
#[cfg(test)]
mod tests;
mod world;

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use hyper::Request;
use hyper::body::Bytes;
use hyper::header::AUTHORIZATION;

use self::fault::Delivery;
pub use self::fault::Fault;
use self::routes::Site;
use self::server::{Server, Shared, lock};
use self::world::{Caller, Credentials, World};

/// A running stand-in for the service; it stops when dropped.
///
/// Stopping closes the port and every connection to it at once, those that a
/// client keeps for later as well, and waits for the sandbox's thread to end.
/// The [module](self) says what it does and what it merely assumes.
pub struct Sandbox {
    base_url: String,
    credentials: Credentials,
    state: Shared,
    server: Server,
}

/// Settings of a [`Sandbox`]; begun with [`Sandbox::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing runs before `start`"]
pub struct SandboxBuilder {
    seed: u64,
    users: usize,
    activities: usize,
    max_page_size: usize,
    past_the_end: PastTheEnd,
    latency: Duration,
}

/// What a page after the last answers; nobody outside the vendor knows which of
/// the two the service does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum PastTheEnd {
    /// 404 with `{"detail":"Invalid page."}`, as the service's framework does if
    /// nobody tells it otherwise.
    #[default]
    NotFound,
    /// 200 with an empty list.
    EmptyPage,
}

/// A request that reached the sandbox.
///
/// The value of its `Authorization` header is not kept, so that a failed
/// assertion can print the whole record.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, in capitals.
    pub method: String,
    /// The whole path, such as `/iq/activities/`.
    pub path: String,
    /// What stood after the `?`, as it was sent.
    pub query: Option<String>,
    /// Whether there was an `Authorization` header.
    pub authorized: bool,
    /// The status of the answer; none where a [`Fault`] left the request without
    /// one.
    pub status: Option<u16>,
}

impl Sandbox {
    /// Starts a sandbox with the defaults, which [`SandboxBuilder`] names.
    ///
    /// # Errors
    ///
    /// Fails where no port can be opened on `127.0.0.1` or no thread started.
    pub fn start() -> io::Result<Sandbox> {
        Sandbox::builder().start()
    }

    /// Begins a sandbox with settings of its own.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use fitrankings::sandbox::{PastTheEnd, Sandbox};
    ///
    /// let sandbox = Sandbox::builder()
    ///     .seed(7)
    ///     .users(3)
    ///     .activities(250)
    ///     .max_page_size(50)
    ///     .past_the_end(PastTheEnd::EmptyPage)
    ///     .latency(Duration::from_millis(5))
    ///     .start()?;
    /// assert_eq!(sandbox.user_ids().len(), 3);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            seed: 0,
            users: 12,
            activities: 3_000,
            max_page_size: 100,
            past_the_end: PastTheEnd::default(),
            latency: Duration::ZERO,
        }
    }

    /// Where the API begins: `http://127.0.0.1:PORT/iq`, with a port that was
    /// free when the sandbox started.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The id of the one application that the sandbox knows. Made up from the
    /// seed, like the secret and the tokens, and of no use anywhere else.
    pub fn client_id(&self) -> &str {
        &self.credentials.client_id
    }

    /// The secret that belongs to [`client_id`](Sandbox::client_id).
    pub fn client_secret(&self) -> &str {
        &self.credentials.client_secret
    }

    /// The token that the two are exchanged for.
    pub fn master_token(&self) -> &str {
        &self.credentials.master_token
    }

    /// A user's token; none if there is no such user.
    pub fn user_token(&self, user_id: i64) -> Option<String> {
        let state = self.state();
        let person = state.site.world.person(user_id)?;
        Some(person.token.clone())
    }

    /// The ids of all users, in the order in which the API lists them.
    pub fn user_ids(&self) -> Vec<i64> {
        let state = self.state();
        let people = state.site.world.people.iter();
        people.map(|person| person.id()).collect()
    }

    /// How many activities there are.
    pub fn activity_count(&self) -> usize {
        self.state().site.world.activities.len()
    }

    /// The ids of all activities, in the order in which the API lists them for a
    /// master token.
    pub fn activity_ids(&self) -> Vec<i64> {
        self.ids_seen_by(Caller::Master)
    }

    /// The ids of one user's activities, in the order in which the API lists them
    /// for that user's token; none if there is no such user.
    pub fn activity_ids_of(&self, user_id: i64) -> Vec<i64> {
        self.ids_seen_by(Caller::User(user_id))
    }

    /// Lets a user do something new, and gives back the id of the activity; none
    /// if there is no such user.
    ///
    /// The activity is the newest of all, so it comes first in the list and
    /// shifts all others by one: what a client meets that is paging meanwhile.
    ///
    /// ```
    /// use fitrankings::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start()?;
    /// let id = sandbox.add_activity(sandbox.user_ids()[0]);
    /// assert_eq!(sandbox.activity_ids().first(), id.as_ref());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn add_activity(&self, user_id: i64) -> Option<i64> {
        self.state().site.world.add_activity(user_id)
    }

    /// Does what a user with a browser does: opens the authorization page over
    /// HTTP, presses "Allow", and gives back the URL that the browser is then sent
    /// to, which is the application's callback with `token` and `user_id` in its
    /// query. That URL is not opened.
    ///
    /// ```
    /// use fitrankings::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start()?;
    /// let page = format!(
    ///     "{}/oauth2/?client_id={}&callback_uri=https://example.com/done",
    ///     sandbox.base_url(),
    ///     sandbox.client_id(),
    /// );
    /// let user = sandbox.user_ids()[0];
    /// let callback = sandbox.grant(&page, user)?;
    /// assert!(callback.starts_with("https://example.com/done?token="));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) where the URL does
    /// not lead to this sandbox, and with the page's own words where the page
    /// refuses: an unknown `client_id` or user, or no usable `callback_uri`. Both
    /// requests can meet a [fault](Sandbox::fault), as every other can.
    pub fn grant(&self, authorization_url: &str, user_id: i64) -> io::Result<String> {
        let user_id = user_id.to_string();
        let decision = [("user_id", user_id.as_str()), ("decision", "allow")];
        browser::decide(self.server.address, authorization_url, &decision)
    }

    /// Like [`grant`](Sandbox::grant), but presses "Deny".
    ///
    /// The callback then has `error=access_denied` and no token. What the real
    /// service does is not known; an application should take any callback
    /// without a token for a refusal.
    ///
    /// # Errors
    ///
    /// As for [`grant`](Sandbox::grant).
    pub fn deny(&self, authorization_url: &str) -> io::Result<String> {
        let decision = [("decision", "deny")];
        browser::decide(self.server.address, authorization_url, &decision)
    }

    /// Makes the next request go wrong. Faults queue up: the second one is for the
    /// request after, and a retry of the first request meets it.
    ///
    /// ```
    /// use fitrankings::sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::start()?;
    /// sandbox.fault(Fault::Status(503));
    /// sandbox.fault(Fault::RetryAfter(2));
    /// // The third request is answered as usual.
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn fault(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    /// The requests that came so far, the first one first. One that is waiting for
    /// its answer is among them, and none is ever forgotten.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.clone()
    }

    fn ids_seen_by(&self, caller: Caller) -> Vec<i64> {
        let state = self.state();
        let seen = state.site.world.seen_by(caller);
        seen.map(|activity| activity.id).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl SandboxBuilder {
    /// What the made-up data, the credentials and the tokens are made from.
    /// Default: 0.
    pub fn seed(mut self, seed: u64) -> SandboxBuilder {
        self.seed = seed;
        self
    }

    /// How many users there are. Default: 12.
    pub fn users(mut self, users: usize) -> SandboxBuilder {
        self.users = users;
        self
    }

    /// How many activities the users have between them; none without users.
    /// Default: 3000.
    pub fn activities(mut self, activities: usize) -> SandboxBuilder {
        self.activities = activities;
        self
    }

    /// The most that one page of a list holds, whatever `page_size` asks for; at
    /// least 1. Default: 100.
    pub fn max_page_size(mut self, max_page_size: usize) -> SandboxBuilder {
        self.max_page_size = max_page_size.max(1);
        self
    }

    /// What a page after the last answers. Default: [`PastTheEnd::NotFound`].
    pub fn past_the_end(mut self, past_the_end: PastTheEnd) -> SandboxBuilder {
        self.past_the_end = past_the_end;
        self
    }

    /// How long every answer takes in addition. Default: no time at all.
    pub fn latency(mut self, latency: Duration) -> SandboxBuilder {
        self.latency = latency;
        self
    }

    /// Makes up the data and starts the server.
    ///
    /// # Errors
    ///
    /// Fails where no port can be opened on `127.0.0.1` or no thread started.
    pub fn start(self) -> io::Result<Sandbox> {
        let world = World::new(self.seed, self.users, self.activities);
        let credentials = world.credentials.clone();
        let state = Arc::new(Mutex::new(State {
            site: Site {
                world,
                max_page_size: self.max_page_size,
                past_the_end: self.past_the_end,
                last_callback: None,
            },
            latency: self.latency,
            faults: VecDeque::new(),
            requests: Vec::new(),
        }));
        let server = Server::start(&state)?;
        Ok(Sandbox {
            base_url: format!("http://{}/iq", server.address),
            credentials,
            state,
            server,
        })
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// Everything that changes while the server runs.
struct State {
    site: Site,
    latency: Duration,
    faults: VecDeque<Fault>,
    requests: Vec<RecordedRequest>,
}

impl State {
    /// The answer to a request, and how long it is to be held back.
    fn handle(&mut self, request: &Request<Bytes>) -> (Delivery, Duration) {
        let fault = self.faults.pop_front();
        let delay = fault.as_ref().map_or(Duration::ZERO, Fault::delay);
        let mut proper = || self.site.answer(request);
        let delivery = match fault {
            Some(fault) => fault.deliver(request, proper),
            None => Delivery::Whole(proper()),
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
