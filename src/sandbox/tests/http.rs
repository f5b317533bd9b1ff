use super::{header, json, service, status_and_text, text};

const HTML: &str = "text/html; charset=utf-8";

const GET_ONLY: [&str; 6] = [
    "/activities/",
    "/activities/1/",
    "/users/",
    "/users/stat-summary/",
    "/groups/stat-summary/",
    "/oauth2/",
];

#[test]
fn a_method_that_is_not_documented_is_refused() {
    let mut service = service();
    let bearer = format!("Bearer {}", service.master());
    let auth = [("authorization", bearer.as_str())];
    for path in GET_ONLY {
        for method in ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] {
            let response = service.send(method, path, &auth, "");
            let given = (response.status().as_u16(), header(&response, "allow"));
            assert_eq!(given, (405, "GET"));
            let detail = format!("Method \"{method}\" not allowed.");
            assert_eq!(json(&response)["detail"], detail);
        }
    }
    let response = service.send("GET", "/tokens/master-token/", &[], "");
    let given = (response.status().as_u16(), header(&response, "allow"));
    assert_eq!(given, (405, "POST"));
}

#[test]
fn a_path_without_its_slash_is_redirected() {
    let mut service = service();
    for path in GET_ONLY {
        let bare = path.trim_end_matches('/');
        for method in ["GET", "POST"] {
            let response = service.send(method, &format!("{bare}?page=2&x=%20"), &[], "");
            assert_eq!(response.status(), 301);
            let target = format!("/iq{path}?page=2&x=%20");
            assert_eq!(header(&response, "location"), target);
        }
    }
    let response = service.send("POST", "/tokens/master-token", &[], "{}");
    assert_eq!(header(&response, "location"), "/iq/tokens/master-token/");
}

#[test]
fn an_unknown_path_is_a_404_that_names_the_document() {
    let mut service = service();
    let bearer = format!("Bearer {}", service.master());
    for path in [
        "",
        "/",
        "/nothing/",
        "/activities/1/2/",
        "/activities//",
        "x/activities/",
    ] {
        let response = service.send("GET", path, &[("authorization", &bearer)], "");
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(header(&response, "content-type"), HTML);
        assert!(text(&response).contains("the document that fitrankings ships"));
    }
}

#[test]
fn the_accept_header_decides_between_json_and_a_page() {
    let mut service = service();
    let bearer = format!("Bearer {}", service.master());
    let mut get = |path: &str, accept: &str| {
        let headers = [("authorization", bearer.as_str()), ("accept", accept)];
        service.send("GET", path, &headers, "")
    };
    for accept in [
        "application/json",
        "*/*",
        "text/html, application/json",
        "text/plain, */*;q=0.1",
    ] {
        let response = get("/users/", accept);
        assert_eq!(header(&response, "content-type"), "application/json");
    }
    for accept in [
        "text/html",
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "Text/*",
    ] {
        let response = get("/users/", accept);
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "content-type"), HTML);
        assert!(text(&response).contains("&quot;email&quot;"));
    }
    assert_eq!(get("/activities/1/", "text/html").status(), 404);
    let response = get("/users/", "text/csv");
    let detail = r#"{"detail":"Could not satisfy the request Accept header."}"#;
    assert_eq!(status_and_text(&response), (406, detail));
}

#[test]
fn a_page_for_a_browser_keeps_the_headers() {
    let response = service().send("GET", "/users/", &[("accept", "text/html")], "");
    let challenge = header(&response, "www-authenticate");
    assert_eq!((response.status().as_u16(), challenge), (401, "Bearer"));
}
