//! From a request to its answer, without a socket or a clock.

use std::num::IntErrorKind;

use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use hyper::{Method, Request, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::PastTheEnd;
use super::answer::{Answer, Refusal, escape, json_answer, not_found, page, redirect};
use super::authorize::authorize;
use super::query::Query;
use super::summary::{Period, Totals, Weeks};
use super::world::{Caller, World};

/// The service, and what it remembers from one request to the next.
pub(super) struct Site {
    pub(super) world: World,
    pub(super) max_page_size: usize,
    pub(super) past_the_end: PastTheEnd,
    pub(super) last_callback: Option<String>,
}

#[derive(Clone, Copy)]
enum Route<'a> {
    MasterToken,
    Authorize,
    Activities,
    Activity(&'a str),
    Users,
    UserSummary,
    GroupSummary,
}

const DEFAULT_PAGE_SIZE: usize = 20;

impl Site {
    pub(super) fn answer(&mut self, request: &Request<Bytes>) -> Answer {
        let path = request.uri().path();
        let Some(route) = Route::find(path) else {
            return elsewhere(request);
        };
        if let Route::Authorize = route {
            return match allow_only(&Method::GET, request) {
                Err(refusal) => refusal.answer(),
                Ok(()) => {
                    let query = Query::parse(request.uri().query());
                    authorize(&self.world, &mut self.last_callback, &query)
                }
            };
        }
        match wants_html(request.headers()) {
            Err(refusal) => refusal.answer(),
            Ok(html) => {
                let answer = self
                    .resource(route, request)
                    .unwrap_or_else(Refusal::answer);
                if html { browsable(&answer) } else { answer }
            }
        }
    }

    fn resource(&self, route: Route, request: &Request<Bytes>) -> Result<Answer, Refusal> {
        if let Route::MasterToken = route {
            return self.master_token(request);
        }
        // The REST framework asks who is calling before it looks at the method.
        let caller = self.caller(request.headers())?;
        if matches!(route, Route::GroupSummary) && caller != Caller::Master {
            return Err(Refusal::Forbidden);
        }
        allow_only(&Method::GET, request)?;
        let query = Query::parse(request.uri().query());
        match route {
            Route::Activities => self.list(&query, self.world.seen_by(caller)),
            Route::Activity(id) => self.activity(caller, id),
            Route::Users => {
                let people = self.world.people.iter();
                let seen = people.filter(|person| caller.sees(person.id()));
                self.list(&query, seen.map(|person| &person.user.account))
            }
            Route::UserSummary => self.user_summary(caller, &query),
            Route::GroupSummary => {
                let period = Period::parse(&query, Weeks::Iso)?;
                let totals = Totals::of(self.world.activities.iter(), &period);
                Ok(ok(&totals.of_group(self.world.people.len())))
            }
            Route::MasterToken | Route::Authorize => Err(Refusal::NotFound),
        }
    }

    fn master_token(&self, request: &Request<Bytes>) -> Result<Answer, Refusal> {
        allow_only(&Method::POST, request)?;
        let body = json_body(request)?;
        let mut problems = Map::new();
        let mut field = |name: &str| {
            text(body.get(name)).unwrap_or_else(|problem| {
                problems.insert(name.to_owned(), json!([problem]));
                String::new()
            })
        };
        let (client_id, client_secret) = (field("client_id"), field("client_secret"));
        if !problems.is_empty() {
            return Err(Refusal::Invalid(Value::Object(problems)));
        }
        let known = &self.world.credentials;
        if client_id != known.client_id || client_secret != known.client_secret {
            let why = "Incorrect authentication credentials.";
            return Err(Refusal::Unauthorized(why));
        }
        Ok(ok(&json!({ "token": known.master_token })))
    }

    fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let given = header(headers, AUTHORIZATION);
        let mut words = given.split_whitespace();
        let is_bearer = words
            .next()
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"));
        let why = match (is_bearer, words.next(), words.next()) {
            (false, ..) => "Authentication credentials were not provided.",
            (true, None, _) => "Invalid token header. No credentials provided.",
            (true, _, Some(_)) => "Invalid token header. Token string should not contain spaces.",
            (true, Some(token), None) => match self.world.caller(token) {
                Some(caller) => return Ok(caller),
                None => "Invalid token.",
            },
        };
        Err(Refusal::Unauthorized(why))
    }

    fn activity(&self, caller: Caller, id: &str) -> Result<Answer, Refusal> {
        let id: i64 = id.parse().map_err(|_| Refusal::NotFound)?;
        let mut seen = self.world.seen_by(caller);
        let activity = seen.find(|activity| activity.id == id);
        activity.map(ok).ok_or(Refusal::NotFound)
    }

    fn user_summary(&self, caller: Caller, query: &Query) -> Result<Answer, Refusal> {
        let period = Period::parse(query, Weeks::Plain)?;
        let first = self.world.people.first().map(|person| person.id());
        let user_id = match caller {
            Caller::User(user_id) => user_id,
            Caller::Master => first.ok_or(Refusal::NotFound)?,
        };
        let totals = Totals::of(self.world.seen_by(Caller::User(user_id)), &period);
        Ok(ok(&totals.of_user(user_id)))
    }

    fn list<T: Serialize>(
        &self,
        query: &Query,
        records: impl Iterator<Item = T>,
    ) -> Result<Answer, Refusal> {
        let page = query.get("page").unwrap_or("1").parse();
        let page: usize = page.map_err(|_| Refusal::InvalidPage)?;
        let first = page.checked_sub(1).ok_or(Refusal::InvalidPage)?;
        let size = self.page_size(query.get("page_size"));
        let skipped = records.skip(first.saturating_mul(size));
        let records: Vec<T> = skipped.take(size).collect();
        let past_the_end = records.is_empty() && page > 1;
        if past_the_end && self.past_the_end == PastTheEnd::NotFound {
            return Err(Refusal::InvalidPage);
        }
        Ok(ok(&records))
    }

    fn page_size(&self, given: Option<&str>) -> usize {
        let size = match given.unwrap_or_default().parse() {
            Ok(0) => DEFAULT_PAGE_SIZE,
            Ok(size) => size,
            Err(error) if *error.kind() == IntErrorKind::PosOverflow => usize::MAX,
            Err(_) => DEFAULT_PAGE_SIZE,
        };
        size.min(self.max_page_size)
    }
}

impl Route<'_> {
    fn find(path: &str) -> Option<Route<'_>> {
        match path.strip_prefix("/iq/")? {
            "tokens/master-token/" => Some(Route::MasterToken),
            "oauth2/" => Some(Route::Authorize),
            "activities/" => Some(Route::Activities),
            "users/" => Some(Route::Users),
            "users/stat-summary/" => Some(Route::UserSummary),
            "groups/stat-summary/" => Some(Route::GroupSummary),
            path => {
                let id = path.strip_prefix("activities/")?.strip_suffix('/')?;
                (!id.is_empty() && !id.contains('/')).then_some(Route::Activity(id))
            }
        }
    }
}

/// Where a path leads that is none of the service's.
fn elsewhere(request: &Request<Bytes>) -> Answer {
    let mut path = format!("{}/", request.uri().path());
    if Route::find(&path).is_none() {
        return not_found();
    }
    if let Some(query) = request.uri().query() {
        path = format!("{path}?{query}");
    }
    redirect(StatusCode::MOVED_PERMANENTLY, &path)
}

fn allow_only(method: &'static Method, request: &Request<Bytes>) -> Result<(), Refusal> {
    match request.method() == method {
        true => Ok(()),
        false => Err(Refusal::Method(request.method().clone(), method.as_str())),
    }
}

/// Whether the caller prefers a page to JSON: the more specific type wins, and
/// weights do not count, as in the REST framework.
fn wants_html(headers: &HeaderMap) -> Result<bool, Refusal> {
    let accept = match header(headers, ACCEPT) {
        "" => "*/*",
        accept => accept,
    };
    let accepts = |name: &str| accept.split(',').any(|range| media_type(range) == name);
    let preferences = [
        ("application/json", false),
        ("text/html", true),
        ("application/*", false),
        ("text/*", true),
        ("*/*", false),
    ];
    let mut preferences = preferences.into_iter();
    match preferences.find(|(name, _)| accepts(name)) {
        Some((_, html)) => Ok(html),
        None => Err(Refusal::NotAcceptable),
    }
}

/// The page that a browser is shown in place of JSON.
fn browsable(answer: &Answer) -> Answer {
    let status = answer.status();
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let text = escape(&format!("HTTP {status}\n\n{body:#}"));
    let mut shown = page(status, "FitRankings sandbox", &format!("<pre>{text}</pre>"));
    for (name, value) in answer.headers() {
        let headers = shown.headers_mut();
        headers.entry(name).or_insert_with(|| value.clone());
    }
    shown
}

fn json_body(request: &Request<Bytes>) -> Result<Map<String, Value>, Refusal> {
    if request.body().is_empty() {
        return Ok(Map::new());
    }
    let given = header(request.headers(), CONTENT_TYPE);
    if media_type(given) != "application/json" {
        return Err(Refusal::MediaType(given.to_owned()));
    }
    match serde_json::from_slice(request.body()) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(Refusal::field(
            "non_field_errors",
            "Invalid data. Expected a dictionary.",
        )),
        Err(error) => Err(Refusal::NotJson(error.to_string())),
    }
}

/// A text field, or what is wrong with it.
fn text(value: Option<&Value>) -> Result<String, &'static str> {
    match value {
        None => Err("This field is required."),
        Some(Value::Null) => Err("This field may not be null."),
        Some(Value::String(text)) if text.is_empty() => Err("This field may not be blank."),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err("Not a valid string."),
    }
}

fn header(headers: &HeaderMap, name: HeaderName) -> &str {
    let value = headers.get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

fn media_type(header: &str) -> String {
    let name = header.split(';').next().unwrap_or_default();
    name.trim().to_ascii_lowercase()
}

fn ok(body: &(impl Serialize + ?Sized)) -> Answer {
    json_answer(StatusCode::OK, &body)
}
