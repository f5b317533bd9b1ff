//! The service as a function from a request to its response, without a socket or a clock.

mod authorization_page;
pub(super) mod paging;
mod period;
pub(super) mod query_string;
mod request;
pub(super) mod response;
mod route;
mod summary;

use hyper::body::Bytes;
use hyper::header::HeaderMap;
use hyper::{Method, Request, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use self::paging::Paging;
use self::period::Period;
use self::query_string::QueryString;
use self::request::{allow_only, bearer_token, text_fields, wants_html};
use self::response::{ApiError, Response, escape, html_page, json_response, redirect};
use self::route::Route;
use self::summary::Totals;
use super::dataset::{Caller, Dataset};
use crate::fitrankings::period::WeekFormat;

/// The service and its state between requests.
pub(super) struct Service {
    pub(super) dataset: Dataset,
    pub(super) paging: Paging,
    pub(super) last_callback: Option<String>,
}

impl Service {
    pub(super) fn respond(&mut self, request: &Request<Bytes>) -> Response {
        let Some(route) = Route::parse(request.uri().path()) else {
            return unknown_path(request);
        };
        let response = if route == Route::AuthorizationPage {
            self.authorization_page(request)
        } else {
            self.resource(route, request)
        };
        response.unwrap_or_else(ApiError::into_response)
    }

    /// Returns the page of a request for a list, counted from 1, or `None` for any other request.
    pub(super) fn list_page(request: &Request<Bytes>) -> Option<usize> {
        let route = Route::parse(request.uri().path())?;
        let query = QueryString::parse(request.uri().query());
        paging::page(&query).filter(|_| route.is_list())
    }

    fn authorization_page(&mut self, request: &Request<Bytes>) -> Result<Response, ApiError> {
        allow_only(&Method::GET, request)?;
        let query = QueryString::parse(request.uri().query());
        let response = authorization_page::respond(&self.dataset, &mut self.last_callback, &query);
        Ok(response)
    }

    fn resource(&self, route: Route, request: &Request<Bytes>) -> Result<Response, ApiError> {
        let html = wants_html(request.headers())?;
        let response = self.json(route, request);
        let response = response.unwrap_or_else(ApiError::into_response);
        Ok(if html { browsable(&response) } else { response })
    }

    fn json(&self, route: Route, request: &Request<Bytes>) -> Result<Response, ApiError> {
        if route == Route::MasterToken {
            return self.master_token(request);
        }
        // The REST framework checks the token before the method.
        let caller = self.caller(request.headers())?;
        if route == Route::GroupSummary && caller != Caller::Master {
            return Err(ApiError::Forbidden);
        }
        allow_only(&Method::GET, request)?;
        let query = QueryString::parse(request.uri().query());
        match route {
            Route::Activities => {
                let seen = self.dataset.seen_by(caller);
                Ok(ok(&self.paging.cut(&query, seen)?))
            }
            Route::Activity(id) => self.activity(caller, id),
            Route::Users => {
                let users = self.dataset.users.iter();
                let seen = users.filter(|user| caller.sees(user.id()));
                let accounts = seen.map(|user| &user.record.account);
                Ok(ok(&self.paging.cut(&query, accounts)?))
            }
            Route::UserSummary => self.user_summary(caller, &query),
            Route::GroupSummary => {
                let period = Period::parse(&query, WeekFormat::Iso)?;
                let totals = Totals::of(self.dataset.activities.iter(), &period);
                Ok(ok(&totals.of_group(self.dataset.users.len())))
            }
            Route::MasterToken | Route::AuthorizationPage => Err(ApiError::NotFound),
        }
    }

    fn master_token(&self, request: &Request<Bytes>) -> Result<Response, ApiError> {
        allow_only(&Method::POST, request)?;
        let [client_id, client_secret] = text_fields(request, ["client_id", "client_secret"])?;
        let known = &self.dataset.application;
        if client_id != known.client_id || client_secret != known.client_secret {
            let why = "Incorrect authentication credentials.";
            return Err(ApiError::Unauthorized(why));
        }
        Ok(ok(&json!({ "token": known.master_token })))
    }

    fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        let caller = self.dataset.caller(bearer_token(headers)?);
        caller.ok_or(ApiError::Unauthorized("Invalid token."))
    }

    fn activity(&self, caller: Caller, id: &str) -> Result<Response, ApiError> {
        let id: i64 = id.parse().map_err(|_| ApiError::NotFound)?;
        let mut seen = self.dataset.seen_by(caller);
        let activity = seen.find(|activity| activity.id == id);
        activity.map(ok).ok_or(ApiError::NotFound)
    }

    fn user_summary(&self, caller: Caller, query: &QueryString) -> Result<Response, ApiError> {
        let period = Period::parse(query, WeekFormat::Plain)?;
        let first = self.dataset.users.first().map(|user| user.id());
        let user_id = match caller {
            Caller::User(user_id) => user_id,
            Caller::Master => first.ok_or(ApiError::NotFound)?,
        };
        let totals = Totals::of(self.dataset.seen_by(Caller::User(user_id)), &period);
        Ok(ok(&totals.of_user(user_id)))
    }
}

fn unknown_path(request: &Request<Bytes>) -> Response {
    let mut path = format!("{}/", request.uri().path());
    if Route::parse(&path).is_none() {
        let text = "<p>The requested resource was not found on this server. The sandbox has the \
                    paths of the document that fitrankings ships, and no others.</p>";
        return html_page(StatusCode::NOT_FOUND, "Not Found", text);
    }
    if let Some(query) = request.uri().query() {
        path = format!("{path}?{query}");
    }
    redirect(StatusCode::MOVED_PERMANENTLY, &path)
}

/// Returns an HTML page with the JSON of a response, for a browser.
fn browsable(response: &Response) -> Response {
    let status = response.status();
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let text = escape(&format!("HTTP {status}\n\n{body:#}"));
    let mut shown = html_page(status, "FitRankings sandbox", &format!("<pre>{text}</pre>"));
    for (name, value) in response.headers() {
        let headers = shown.headers_mut();
        headers.entry(name).or_insert_with(|| value.clone());
    }
    shown
}

fn ok(body: &(impl Serialize + ?Sized)) -> Response {
    json_response(StatusCode::OK, &body)
}
