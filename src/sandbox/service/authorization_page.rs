//! The authorization page, on which a user allows or denies an application access to their data.

use hyper::StatusCode;

use super::query_string::{QueryString, with_query};
use super::response::{Response, escape, html_page, redirect};
use crate::sandbox::dataset::Dataset;

/// Returns the page, or the redirect to the callback if a button was pressed.
///
/// `last_callback` is the callback URI of the last redirect.
pub(super) fn respond(
    dataset: &Dataset,
    last_callback: &mut Option<String>,
    query: &QueryString,
) -> Response {
    let client_id = query.get("client_id").unwrap_or_default();
    if client_id != dataset.application.client_id {
        return error_page("This client_id is unknown.");
    }
    let given = query.get("callback_uri").filter(|uri| !uri.is_empty());
    let Some(callback) = given.map(str::to_owned).or_else(|| last_callback.clone()) else {
        return error_page("There is no callback_uri, and none was used before.");
    };
    if !is_absolute(&callback) {
        return error_page("This callback_uri is not an absolute URL in ASCII.");
    }
    let target = match query.get("decision") {
        None => return buttons(dataset, &callback),
        Some("deny") => with_query(&callback, &[("error", "access_denied")]),
        Some("allow") => {
            let user_id = query.get("user_id").and_then(|id| id.parse().ok());
            let Some(user) = user_id.and_then(|id| dataset.user(id)) else {
                return error_page("This user is unknown.");
            };
            let user_id = format!("{:06}", user.id());
            with_query(&callback, &[("token", &user.token), ("user_id", &user_id)])
        }
        Some(_) => return error_page("This decision is neither allow nor deny."),
    };
    *last_callback = Some(callback);
    redirect(StatusCode::FOUND, &target)
}

fn buttons(dataset: &Dataset, callback: &str) -> Response {
    let mut content = String::from("<p>Who are you, and may this application see your data?</p>\n");
    let client_id = escape(&dataset.application.client_id);
    let callback = escape(callback);
    for user in &dataset.users {
        let account = &user.record.account;
        let name = escape(&format!("{} {}", account.first_name, account.last_name));
        content += &format!(
            "<form><p>\n\
             <input type=\"hidden\" name=\"client_id\" value=\"{client_id}\">\n\
             <input type=\"hidden\" name=\"callback_uri\" value=\"{callback}\">\n\
             <input type=\"hidden\" name=\"user_id\" value=\"{id}\">\n\
             <button name=\"decision\" value=\"allow\">Allow</button>\n\
             <button name=\"decision\" value=\"deny\">Deny</button>\n\
             {name}, {email}\n</p></form>\n",
            id = account.id,
            email = escape(&account.email),
        );
    }
    html_page(StatusCode::OK, "FitRankings sandbox", &content)
}

fn error_page(why: &str) -> Response {
    html_page(StatusCode::BAD_REQUEST, why, "")
}

/// Accepts any scheme, because a mobile application has a scheme of its own.
fn is_absolute(uri: &str) -> bool {
    let scheme = uri.split_once("://").map_or("", |(scheme, _)| scheme);
    let is_scheme = |letter: u8| letter.is_ascii_alphanumeric() || b"+-.".contains(&letter);
    !scheme.is_empty()
        && scheme.bytes().all(is_scheme)
        && uri.bytes().all(|letter| letter.is_ascii_graphic())
}
