use super::{ids, json, service, status_and_text, text};
use crate::sandbox::PastTheEnd;

const INVALID_PAGE: &str = r#"{"detail":"Invalid page."}"#;

#[test]
fn pages_hold_every_record_once_and_in_order() {
    let mut service = service();
    let master = service.master();
    let expected: Vec<i64> = service.dataset.activities.iter().map(|a| a.id).collect();
    for size in [1, 7, 20, 100, 115, 230, 1_000] {
        let mut all = Vec::new();
        for page in 1.. {
            let response = service.get(
                &master,
                &format!("/activities/?page={page}&page_size={size}"),
            );
            if response.status() == 404 {
                assert_eq!(text(&response), INVALID_PAGE);
                break;
            }
            let page = ids(&response);
            assert!(page.len() <= size.min(100));
            all.extend(page);
        }
        assert_eq!(all, expected);
    }
}

#[test]
fn page_sizes_out_of_range_are_corrected() {
    let mut service = service();
    let master = service.master();
    let mut length = |size: &str| ids(&service.get(&master, &format!("/activities/?{size}"))).len();
    assert_eq!(length("page_size=101"), 100);
    assert_eq!(length("page_size=99999999999999999999999"), 100);
    for size in [
        "",
        "page_size=0",
        "page_size=-3",
        "page_size=abc",
        "page_size=",
        "page_size=2.5",
    ] {
        assert_eq!(length(size), 20, "{size}");
    }
}

#[test]
fn a_page_past_the_end_is_refused_or_empty() {
    let mut service = service();
    let master = service.master();
    for empty in [false, true] {
        service.paging.past_the_end = if empty {
            PastTheEnd::EmptyPage
        } else {
            PastTheEnd::NotFound
        };
        for page in ["13", "4000000000", "18446744073709551615"] {
            let response = service.get(&master, &format!("/activities/?page={page}"));
            let expected = if empty {
                (200, "[]")
            } else {
                (404, INVALID_PAGE)
            };
            assert_eq!(status_and_text(&response), expected, "{page}");
        }
        for page in ["0", "abc", "-1", "", "1.5", "99999999999999999999"] {
            let response = service.get(&master, &format!("/activities/?page={page}"));
            assert_eq!(status_and_text(&response), (404, INVALID_PAGE), "{page}");
        }
    }
}

#[test]
fn the_first_page_of_an_empty_list_is_empty() {
    let mut service = service();
    service.dataset.activities.clear();
    let master = service.master();
    let response = service.get(&master, "/activities/");
    assert_eq!(status_and_text(&response), (200, "[]"));
}

#[test]
fn a_user_sees_only_their_own_records() {
    let mut service = service();
    let user = &service.dataset.users[2];
    let (id, token) = (user.id(), user.token.clone());
    assert_eq!(ids(&service.get(&token, "/users/")), [id]);
    let seen = ids(&service.get(&token, "/activities/?page_size=100"));
    let activities = service.dataset.activities.iter();
    let (own, others): (Vec<_>, Vec<_>) = activities.partition(|a| a.user.account.id == id);
    assert!(own.iter().map(|a| a.id).eq(seen));
    let (own, other) = (own[0].id, others[0].id);
    assert_eq!(
        json(&service.get(&token, &format!("/activities/{own}/")))["id"],
        own
    );
    let response = service.get(&token, &format!("/activities/{other}/"));
    assert_eq!(
        status_and_text(&response),
        (404, r#"{"detail":"Not found."}"#)
    );
    let master = service.master();
    assert_eq!(
        json(&service.get(&master, &format!("/activities/{other}/")))["id"],
        other
    );
    for unknown in ["1", "abc", "99999999999999999999"] {
        let response = service.get(&master, &format!("/activities/{unknown}/"));
        assert_eq!(
            status_and_text(&response),
            (404, r#"{"detail":"Not found."}"#)
        );
    }
    let response = service.get(&token, "/groups/stat-summary/");
    assert_eq!(response.status(), 403);
    assert_eq!(
        text(&response),
        r#"{"detail":"You do not have permission to perform this action."}"#
    );
}
