use fitrankings::Row;
use fitrankings::jiff::Timestamp;
use fitrankings::types::{GetSeveralResponse, Record};

fn main() {
    const JSON: &str = "application/json";
    const NEVER: &str = r#""9999-12-31T23:59:59Z""#;
    let record = r#"{"at": N, "perhaps": N, "always": [N], "lists": [[N, null]], "list": null,
        "map": {"a": N}, "texts": null, "anything": null, "rest": N, "inner": {"a.b": "dotted"}}"#;
    let record: &'static str = record.replace('N', NEVER).leak();
    let list: &'static str = format!("[{NEVER}]").leak();
    let map: &'static str = format!("{{\"a\": {NEVER}}}").leak();
    let server = Server::new(vec![
        (200, JSON, record),
        (200, JSON, list),
        (200, JSON, NEVER),
        (204, JSON, ""),
        (204, JSON, ""),
        (200, JSON, NEVER),
        (202, JSON, map),
        (202, JSON, map),
    ]);
    let client = server.client();
    let max = Timestamp::MAX;
    let record = client.get_record().call().unwrap();
    assert_eq!((record.at, record.perhaps), (max, Some(max)));
    assert_eq!((&*record.always, &*record.lists), (&[max][..], &[vec![Some(max), None]][..]));
    assert!(record.list.is_empty() && record.texts.is_empty() && record.anything.is_empty());
    assert_eq!((record.map["a"], record.rest["rest"]), (max, max));
    assert_eq!(client.get_list().call().unwrap(), [max]);
    assert_eq!(client.get_maybe().call().unwrap(), Some(max));
    assert_eq!(client.get_maybe().call().unwrap(), None);
    assert!(client.get_maybe().call_raw().unwrap().is_none());
    let GetSeveralResponse::Ok(one) = client.get_several().call().unwrap() else {
        panic!("another variant")
    };
    assert_eq!(one, max);
    let GetSeveralResponse::Accepted(many) = client.get_several().call().unwrap() else {
        panic!("another variant")
    };
    assert_eq!(many["a"], max);
    // A parameter of the name gives way.
    let raw = client.get_several().call_raw2("x").call_raw().unwrap();
    assert_eq!(raw.get(), map);

    // What holds the record itself is one cell.
    let columns = "at perhaps always lists list map texts anything inner parent";
    assert_eq!(Record::columns().join(" "), columns);
    assert_eq!(fitrankings::types::Inner::columns().join(" "), "a.b record leaf.text");
    let cells = record.cells().unwrap();
    assert_eq!(cells[8], r#"{"a.b":"dotted"}"#);
    assert_eq!((&*cells[4], &*cells[9]), ("", ""));
}
