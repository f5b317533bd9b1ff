//! The page in the user's browser: who are you, and may this application see
//! your activities?

use hyper::StatusCode;

use super::answer::{Answer, escape, page, redirect};
use super::query::{Query, with_query};
use super::world::World;

/// Answers with the page, or, once a button is pressed, with the way back.
/// `last_callback` is where the application's last user was sent.
pub(super) fn authorize(
    world: &World,
    last_callback: &mut Option<String>,
    query: &Query,
) -> Answer {
    let client_id = query.get("client_id").unwrap_or_default();
    if client_id != world.credentials.client_id {
        return refuse("This client_id is unknown.");
    }
    let given = query.get("callback_uri").filter(|uri| !uri.is_empty());
    let Some(callback) = given.map(str::to_owned).or_else(|| last_callback.clone()) else {
        return refuse("There is no callback_uri, and none was used before.");
    };
    if !is_absolute(&callback) {
        return refuse("This callback_uri is no absolute URL in ASCII.");
    }
    let target = match query.get("decision") {
        None => return buttons(world, &callback),
        Some("deny") => with_query(&callback, &[("error", "access_denied")]),
        Some("allow") => {
            let user_id = query.get("user_id").and_then(|id| id.parse().ok());
            let Some(person) = user_id.and_then(|id| world.person(id)) else {
                return refuse("This user is unknown.");
            };
            let user_id = format!("{:06}", person.id());
            with_query(
                &callback,
                &[("token", &person.token), ("user_id", &user_id)],
            )
        }
        Some(_) => return refuse("This decision is neither allow nor deny."),
    };
    *last_callback = Some(callback);
    redirect(StatusCode::FOUND, &target)
}

fn buttons(world: &World, callback: &str) -> Answer {
    let mut content = String::from("<p>Who are you, and may this application see your data?</p>\n");
    let client_id = escape(&world.credentials.client_id);
    let callback = escape(callback);
    for person in &world.people {
        let account = &person.user.account;
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
    page(StatusCode::OK, "FitRankings sandbox", &content)
}

fn refuse(why: &str) -> Answer {
    page(StatusCode::BAD_REQUEST, why, "")
}

/// A scheme of any name, since an application on a telephone has one of its own.
fn is_absolute(uri: &str) -> bool {
    let scheme = uri.split_once("://").map_or("", |(scheme, _)| scheme);
    let is_scheme = |letter: u8| letter.is_ascii_alphanumeric() || b"+-.".contains(&letter);
    !scheme.is_empty()
        && scheme.bytes().all(is_scheme)
        && uri.bytes().all(|letter| letter.is_ascii_graphic())
}
