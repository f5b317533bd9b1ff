//! A local server with the API of the FitRankings service, for tests, for examples, and to try this
//! crate without credentials.
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
//! The sandbox listens for HTTP on a port of the loopback interface. It has every operation of the
//! API: the token exchange, the authorization page, activities, users, and the two stat summaries.
//! [`Sandbox::fault`] injects faults.
//!
//! Users and activities are generated from a seed: the same seed gives the same data on every
//! machine and every day. The activities are from 2015-09-01 to 2017-08-31.
//!
//! The sandbox always has the operations of the document that this crate ships, even if the crate
//! is generated from another document. It responds to any other path with a 404.
//!
//! # Assumptions
//!
//! The sandbox follows the vendor's public reference. Where the reference says nothing, it follows
//! the defaults of Django REST Framework. It was never compared with the live service, which may
//! differ in each of these **assumptions**:
//!
//! - **Order.** Activities come with the newest `action_date` first, users with the lowest id
//!   first. The vendor's reference says "ordered by date", which may also mean oldest first.
//! - **Pages.** A page past the end is a 404 with `{"detail":"Invalid page."}`, or an empty list
//!   with [`PastTheEnd::EmptyPage`]. Page 1 of an empty list is an empty list. A `page_size` above
//!   the maximum is lowered to the maximum. A `page_size` that is not a positive number counts as
//!   20.
//! - **Periods.** All times are UTC. Weeks are ISO weeks, which begin on Monday. A user's week is
//!   written `2017-32` and a group's `2017-W32`, and neither endpoint accepts the other format.
//!   A range includes its `start` and its `end`. A missing parameter, a parameter that does not
//!   belong to the others, and an `end` before the `start` are a 400.
//! - **Summaries** are the exact sums over the activities whose `action_date` is in the period. The
//!   group consists of all users, active or not, and `avg_user_met_minutes` is the average over all
//!   of them.
//! - **A master token on the user summary** gets the summary of the first user, as if the
//!   application belonged to that user.
//! - **Every user has authorized** the only application. Authorizing again returns the same token,
//!   and tokens do not expire.
//! - **A user who denies access** is redirected to the callback with `error=access_denied` and no
//!   token. The callback may be any absolute URL, and keeps its query. `user_id` has six digits,
//!   with leading zeros.
//! - **A wrong `client_secret`** is a 401, which is the status of an invalid key in the vendor's
//!   table of errors. The framework's own token view would respond with a 400.
//! - **Methods.** `HEAD` and `OPTIONS` are a 405, like all methods that are not documented.
//! - **Values.** Of the values of `provider_key`, only `fitbit` and `google-oauth2` are in the
//!   vendor's reference. It is not known what the digits of `activity_type` and `fitness_type` and
//!   an activity's reactions mean. `comments` is always empty, and no activity is marked as deleted
//!   or locked.
//! - **Throttling** happens only as a [`Fault`]. A request body of more than a megabyte closes the
//!   connection.

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
use std::time::Duration;

use self::dataset::{Application, Caller, Dataset};
pub use self::fault::Fault;
use self::fault_rule::FaultQueue;
pub use self::fault_rule::FaultRule;
use self::server::Server;
use self::service::Service;
use self::service::paging::Paging;
pub use self::service::paging::PastTheEnd;
pub use self::state::RecordedRequest;
use self::state::{SharedState, State};

/// A running sandbox server. It stops when dropped.
///
/// Dropping it closes the port and all connections immediately, and waits for the sandbox's thread.
/// The [module](self) documents the data and the assumptions.
pub struct Sandbox {
    base_url: String,
    application: Application,
    state: SharedState,
    server: Server,
}

/// The settings of a [`Sandbox`], from [`Sandbox::builder`].
#[derive(Clone)]
#[must_use = "the sandbox does not run before `start`"]
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
    /// Fails if no port can be opened on `127.0.0.1`, or if no thread can be started.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Returns a builder with the default settings.
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

    /// Returns the client id of the sandbox's only application. Like the secret and the tokens, it
    /// is generated from the seed, and no other service accepts it.
    pub fn client_id(&self) -> &str {
        &self.application.client_id
    }

    /// Returns the client secret of [`client_id`](Self::client_id).
    pub fn client_secret(&self) -> &str {
        &self.application.client_secret
    }

    /// Returns the master token, for which the client id and the client secret are exchanged.
    pub fn master_token(&self) -> &str {
        &self.application.master_token
    }

    /// Returns a user's token, or `None` if there is no such user.
    pub fn user_token(&self, user_id: i64) -> Option<String> {
        let state = self.state.lock();
        let user = state.service.dataset.user(user_id)?;
        Some(user.token.clone())
    }

    /// Returns the ids of all users, in the order in which the API lists them.
    pub fn user_ids(&self) -> Vec<i64> {
        let state = self.state.lock();
        let users = state.service.dataset.users.iter();
        users.map(|user| user.id()).collect()
    }

    /// Returns the number of activities.
    pub fn activity_count(&self) -> usize {
        self.state.lock().service.dataset.activities.len()
    }

    /// Returns the ids of all activities, in the order in which the API lists them for the master
    /// token.
    pub fn activity_ids(&self) -> Vec<i64> {
        self.ids_seen_by(Caller::Master)
    }

    /// Returns the ids of one user's activities, in the order in which the API lists them for that
    /// user's token. Returns none if there is no such user.
    pub fn activity_ids_of(&self, user_id: i64) -> Vec<i64> {
        self.ids_seen_by(Caller::User(user_id))
    }

    /// Adds an activity of a user, and returns its id. Returns `None` if there is no such user.
    ///
    /// The activity is newer than all others, so it is the first of the list. All others move back
    /// by one position, which can test a client that is reading pages at the same time.
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
        self.state.lock().service.dataset.add_activity(user_id)
    }

    /// Removes an activity, and returns whether there was one with this id. The id is not used
    /// again.
    ///
    /// The activities after it move forward by one position. This can test a client that is reading
    /// pages at the same time, and a local copy that must delete removed activities.
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
        self.state.lock().service.dataset.remove_activity(id)
    }

    /// Grants access like a user with a browser: opens the authorization page over HTTP, presses
    /// "Allow", and returns the URL of the redirect.
    ///
    /// The URL is the application's callback URI with `token` and `user_id` in its query. It is not
    /// opened.
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
    /// - The URL is not one of this sandbox: [`InvalidInput`](io::ErrorKind::InvalidInput).
    /// - The page refuses, and the error has its message: the `client_id` or the user is unknown,
    ///   or there is no valid `callback_uri`.
    /// - One of the two requests meets a [fault](Self::fault).
    pub fn grant(&self, authorization_url: &str, user_id: i64) -> io::Result<String> {
        let user_id = user_id.to_string();
        let decision = [("user_id", user_id.as_str()), ("decision", "allow")];
        browser::decide(self.server.address, authorization_url, &decision)
    }

    /// Denies access. This is like [`grant`](Self::grant), but presses "Deny".
    ///
    /// The returned URL has `error=access_denied` and no token. It is not known what the live
    /// service does: an application should treat any callback without a token as a refusal.
    ///
    /// # Errors
    ///
    /// Those of [`grant`](Self::grant).
    pub fn deny(&self, authorization_url: &str) -> io::Result<String> {
        let decision = [("decision", "deny")];
        browser::decide(self.server.address, authorization_url, &decision)
    }

    /// Injects a fault into the next request, or into the requests that a [`FaultRule`] selects.
    ///
    /// Faults form a queue: a request meets the first fault that applies to it. The second fault
    /// then applies to the following request, which may be a retry of the first.
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
        self.state.lock().faults.push(fault.into());
    }

    /// Removes all faults that are still in the queue, including those that apply always.
    pub fn clear_faults(&self) {
        self.state.lock().faults.clear();
    }

    /// Returns all requests received so far, in order. They include requests whose response is not
    /// sent yet.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.lock().requests.clone()
    }

    fn ids_seen_by(&self, caller: Caller) -> Vec<i64> {
        let state = self.state.lock();
        let seen = state.service.dataset.seen_by(caller);
        seen.map(|activity| activity.id).collect()
    }
}

impl SandboxBuilder {
    /// Sets the seed of the data, the credentials and the tokens. Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the number of users. Default: 12.
    pub fn users(mut self, users: usize) -> Self {
        self.users = users;
        self
    }

    /// Sets the number of activities of all users together. Default: 3000. Without users there are
    /// no activities.
    pub fn activities(mut self, activities: usize) -> Self {
        self.activities = activities;
        self
    }

    /// Sets the maximum of `page_size`. A larger `page_size` in a request is lowered to it. 0
    /// counts as 1. Default: 100.
    pub fn max_page_size(mut self, max_page_size: usize) -> Self {
        self.max_page_size = max_page_size.max(1);
        self
    }

    /// Sets the response to a page after the last one. Default: [`PastTheEnd::NotFound`].
    pub fn past_the_end(mut self, past_the_end: PastTheEnd) -> Self {
        self.past_the_end = past_the_end;
        self
    }

    /// Sets the delay of every response. Default: zero.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the port. Default: 0, which selects a free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the master token. Default: a token generated from the seed.
    pub fn master_token(mut self, token: impl Into<String>) -> Self {
        self.master_token = Some(token.into());
        self
    }

    /// Generates the data and starts the server.
    ///
    /// # Errors
    ///
    /// - The [port](Self::port) is in use, or no port can be opened on `127.0.0.1`.
    /// - The [master token](Self::master_token) is empty, or has a character that is not visible
    ///   ASCII: [`InvalidInput`](io::ErrorKind::InvalidInput). No request could send such a token.
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
                paging: Paging {
                    max_page_size: self.max_page_size,
                    past_the_end: self.past_the_end,
                },
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

/// Leaves out the master token: `Debug` shows no token in this crate.
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
