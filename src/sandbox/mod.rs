//! A server on this machine that stands in for the FitRankings service, for tests, for examples,
//! and for a first look without credentials.
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
//! The sandbox speaks HTTP on a port of the loopback interface. It has every operation of the API:
//! the token exchange, the authorization page, activities, users, and the two stat summaries. The
//! users and their activities are made up from a seed: the same seed gives the same data on every
//! machine and every day. The activities are from the two years from 2015-09-01 to 2017-08-31.
//! [`Sandbox::fault`] makes requests go wrong.
//!
//! The sandbox has the operations of the document that this crate ships. Where the crate is
//! generated from another document, the sandbox does not change: it sends a 404 for any other path.
//!
//! # How far can it be trusted?
//!
//! The sandbox was written from the vendor's public reference, and where that says nothing, from
//! how Django REST Framework behaves by default. It was never compared with the live service. These
//! are its **assumptions**. The service may differ in each of them.
//!
//! - **Order.** Activities come with the newest `action_date` first, users with the lowest id
//!   first. The vendor says only "ordered by date", which can also mean that the oldest is first.
//! - **Pages.** A page past the end is a 404 with `{"detail":"Invalid page."}`, or an empty list
//!   with [`PastTheEnd::EmptyPage`]. Page 1 of an empty list is an empty list. A `page_size` above
//!   the maximum is lowered to it, and one that is no positive number counts as 20.
//! - **Periods.** All times are UTC. Weeks are ISO weeks, which begin on Monday. A user's week is
//!   written `2017-32` and a group's `2017-W32`, and neither endpoint takes the form of the other.
//!   `start` and `end` are both included. A parameter too many, a missing one, and an end before
//!   the start are a 400.
//! - **Summaries** are the exact sums over the activities whose `action_date` is in the period. The
//!   group consists of all users, active or not, and `avg_user_met_minutes` is the average over all
//!   of them.
//! - **A master token on the user summary** gets the summary of the first user, as if the
//!   application belonged to that user.
//! - **Every user has authorized** the one application that exists. Authorizing again gives the
//!   same token again, and tokens do not expire.
//! - **A user who denies access** is sent to the callback with `error=access_denied` and no token.
//!   The callback may be any absolute URL, and keeps its query. `user_id` has six digits, with
//!   leading zeros.
//! - **A wrong `client_secret`** is a 401, as the vendor's table of errors says of an invalid key.
//!   The framework's own token view would send a 400.
//! - **Methods.** `HEAD` and `OPTIONS` are a 405, like every other method that is not documented.
//! - **Values.** Of the values of `provider_key` only `fitbit` and `google-oauth2` are the
//!   vendor's. The meaning of the digits of `activity_type` and `fitness_type` and of an activity's
//!   reactions is not known. `comments` is always empty, and no activity is marked as deleted or
//!   locked.
//! - **Throttling** happens only as a [`Fault`]. The connection closes at a request body of more
//!   than a megabyte.

mod browser;
mod dataset;
mod fault;
mod fault_rule;
mod server;
mod service;
mod state;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::sync::MutexGuard;
use std::time::Duration;

use self::dataset::{Application, Caller, Dataset};
pub use self::fault::Fault;
use self::fault_rule::FaultQueue;
pub use self::fault_rule::FaultRule;
use self::server::Server;
pub use self::service::PastTheEnd;
use self::service::Service;
pub use self::state::RecordedRequest;
use self::state::{SharedState, State};

/// A running stand-in for the service. It stops when it is dropped.
///
/// Stopping closes the port and all connections at once, and waits for the sandbox's thread to end.
/// The [module](self) says what the sandbox does and what it assumes.
pub struct Sandbox {
    base_url: String,
    application: Application,
    state: SharedState,
    server: Server,
}

/// The settings of a [`Sandbox`], from [`Sandbox::builder`].
#[derive(Clone)]
#[must_use = "nothing runs before `start`"]
pub struct SandboxBuilder {
    seed: u64,
    users: usize,
    activities: usize,
    max_page_size: usize,
    past_the_end: PastTheEnd,
    latency: Duration,
    port: u16,
    master_token: Option<String>,
}

impl Sandbox {
    /// Starts a sandbox with the defaults of [`SandboxBuilder`].
    ///
    /// # Errors
    ///
    /// No port can be opened on `127.0.0.1`, or no thread can be started.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Returns the settings of a new sandbox, to change them before it starts.
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
            port: 0,
            master_token: None,
        }
    }

    /// Returns the base URL of the API: `http://127.0.0.1:PORT/iq`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the id of the one application that the sandbox knows. It is made up from the seed,
    /// like the secret and the tokens, and of no use with another service.
    pub fn client_id(&self) -> &str {
        &self.application.client_id
    }

    /// Returns the secret that belongs to [`client_id`](Self::client_id).
    pub fn client_secret(&self) -> &str {
        &self.application.client_secret
    }

    /// Returns the token that the id and the secret are exchanged for.
    pub fn master_token(&self) -> &str {
        &self.application.master_token
    }

    /// Returns a user's token; `None` if there is no such user.
    pub fn user_token(&self, user_id: i64) -> Option<String> {
        let state = self.state();
        let user = state.service.dataset.user(user_id)?;
        Some(user.token.clone())
    }

    /// Returns the ids of all users, in the order in which the API lists them.
    pub fn user_ids(&self) -> Vec<i64> {
        let state = self.state();
        let users = state.service.dataset.users.iter();
        users.map(|user| user.id()).collect()
    }

    /// Returns how many activities there are.
    pub fn activity_count(&self) -> usize {
        self.state().service.dataset.activities.len()
    }

    /// Returns the ids of all activities, in the order in which the API lists them for the master
    /// token.
    pub fn activity_ids(&self) -> Vec<i64> {
        self.ids_seen_by(Caller::Master)
    }

    /// Returns the ids of one user's activities, in the order in which the API lists them for that
    /// user's token. There are none if there is no such user.
    pub fn activity_ids_of(&self, user_id: i64) -> Vec<i64> {
        self.ids_seen_by(Caller::User(user_id))
    }

    /// Adds an activity of a user, and returns its id; `None` if there is no such user.
    ///
    /// The activity is the newest of all. So it comes first in the list, and moves all others on by
    /// one, which tests a client that reads pages meanwhile.
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
        self.state().service.dataset.add_activity(user_id)
    }

    /// Removes an activity, and returns whether there was one with this id. No later activity gets its
    /// id.
    ///
    /// The activities after it move forward by one, which tests a client that reads pages meanwhile,
    /// and a copy that has to drop what the service no longer has.
    ///
    /// ```
    /// use fitrankings::sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start()?;
    /// let id = sandbox.activity_ids()[0];
    /// assert!(sandbox.remove_activity(id));
    /// assert!(!sandbox.activity_ids().contains(&id));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn remove_activity(&self, id: i64) -> bool {
        self.state().service.dataset.remove_activity(id)
    }

    /// Does what a user with a browser does: opens the authorization page over HTTP, presses
    /// "Allow", and returns the URL that the browser is sent to. That is the application's
    /// callback, with `token` and `user_id` in its query. The URL is not opened.
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
    /// The URL does not lead to this sandbox: [`InvalidInput`](io::ErrorKind::InvalidInput). Or the
    /// page refuses, and the error has its words: the `client_id` or the user is unknown, or there
    /// is no usable `callback_uri`. Both requests can meet a [fault](Self::fault).
    pub fn grant(&self, authorization_url: &str, user_id: i64) -> io::Result<String> {
        let user_id = user_id.to_string();
        let decision = [("user_id", user_id.as_str()), ("decision", "allow")];
        browser::decide(self.server.address, authorization_url, &decision)
    }

    /// Like [`grant`](Self::grant), but presses "Deny".
    ///
    /// The callback then has `error=access_denied` and no token. What the live service does is not
    /// known: an application should take any callback without a token for a refusal.
    ///
    /// # Errors
    ///
    /// As for [`grant`](Self::grant).
    pub fn deny(&self, authorization_url: &str) -> io::Result<String> {
        let decision = [("decision", "deny")];
        browser::decide(self.server.address, authorization_url, &decision)
    }

    /// Makes the next request go wrong, or those that a [`FaultRule`] names.
    ///
    /// Faults queue up: a request meets the first one that applies to it. So the second fault is for
    /// the request after, which may be a retry of the first request.
    ///
    /// ```
    /// use fitrankings::sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::start()?;
    /// sandbox.fault(Fault::Status(503)); // the next request
    /// sandbox.fault(Fault::RetryAfter(2).times(3)); // the three after it
    /// sandbox.fault(Fault::Truncated.on_page(4)); // the next request for page 4 of a list
    /// sandbox.fault(Fault::OddRecord.on_page(2).always()); // every request for page 2
    /// sandbox.clear_faults();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn fault(&self, fault: impl Into<FaultRule>) {
        self.state().faults.push(fault.into());
    }

    /// Removes all faults that no request has met yet, and those that apply always.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Returns all requests that came so far, the first one first. A request that is waiting for
    /// its response is among them.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.clone()
    }

    fn ids_seen_by(&self, caller: Caller) -> Vec<i64> {
        let state = self.state();
        let seen = state.service.dataset.seen_by(caller);
        seen.map(|activity| activity.id).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl SandboxBuilder {
    /// Sets what the data, the credentials and the tokens are made up from. Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets how many users there are. Default: 12.
    pub fn users(mut self, users: usize) -> Self {
        self.users = users;
        self
    }

    /// Sets how many activities the users have between them. Without users there are none. Default:
    /// 3000.
    pub fn activities(mut self, activities: usize) -> Self {
        self.activities = activities;
        self
    }

    /// Sets the most records that a page holds, whatever `page_size` asks for; at least 1. Default:
    /// 100.
    pub fn max_page_size(mut self, max_page_size: usize) -> Self {
        self.max_page_size = max_page_size.max(1);
        self
    }

    /// Sets the response to a page after the last one. Default: [`PastTheEnd::NotFound`].
    pub fn past_the_end(mut self, past_the_end: PastTheEnd) -> Self {
        self.past_the_end = past_the_end;
        self
    }

    /// Sets how long every response is delayed. Default: not at all.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the port. Default: 0, for any free port.
    ///
    /// With a fixed port, a program finds the sandbox without being told where it is.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the master token. Default: a token that is made up from the seed.
    pub fn master_token(mut self, token: impl Into<String>) -> Self {
        self.master_token = Some(token.into());
        self
    }

    /// Makes up the data and starts the server.
    ///
    /// # Errors
    ///
    /// - The [port](Self::port) is in use, or no port can be opened on `127.0.0.1`.
    /// - The [master token](Self::master_token) is empty, or has a character that is not visible
    ///   ASCII, so that no request could carry it: [`InvalidInput`](io::ErrorKind::InvalidInput).
    /// - No thread can be started.
    pub fn start(self) -> io::Result<Sandbox> {
        let mut dataset = Dataset::new(self.seed, self.users, self.activities);
        if let Some(token) = self.master_token {
            if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                let why = "the master token is empty or not visible ASCII";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
            }
            dataset.application.master_token = token;
        }
        let application = dataset.application.clone();
        let state = SharedState::new(State {
            service: Service {
                dataset,
                max_page_size: self.max_page_size,
                past_the_end: self.past_the_end,
                last_callback: None,
            },
            latency: self.latency,
            faults: FaultQueue::default(),
            requests: Vec::new(),
        });
        let server = Server::start(self.port, state.clone())?;
        Ok(Sandbox {
            base_url: format!("http://{}/iq", server.address),
            application,
            state,
            server,
        })
    }
}

/// Without the master token: Debug shows no token, not even one that is of no use elsewhere.
impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxBuilder")
            .field("seed", &self.seed)
            .field("users", &self.users)
            .field("activities", &self.activities)
            .field("max_page_size", &self.max_page_size)
            .field("past_the_end", &self.past_the_end)
            .field("latency", &self.latency)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
