use fitrankings::types::{Cat, Json, Pet, ThingAny, ThingBeside, ThingEvent, ThingMerged, Vehicle};
use fitrankings::{Client, NoToken};
use serde_json::json;

const JSON: &str = "application/json";

/// Records whose fields are unions, with values of most of their types.
const THINGS: &str = r#"[
    {"pet": {"kind": "dog"}, "any": {"x": 1, "y": 2}, "vehicle": {"type": "RaceBike", "wheels": 2, "gears": 9},
     "event": {"type": "stopped", "why": "rain"}, "merged": "", "number": 1, "open": "c",
     "beside": {"id": 1, "name": "n"}, "json": [1, "a", {"b": true}], "nothing": null},
    {"pet": 5, "any": {"name": "n"}, "vehicle": {"type": "Boat"}, "merged": null,
     "beside": {"id": 1, "reason": "r"}, "event": {"type": "paused"}},
    {"pet": {}, "any": "2017-08-12T00:00:00Z"},
    {"pet": {}, "any": true},
    {"pet": {}, "any": ["a"]},
    {"pet": {}, "any": {"else": 1}}
]"#;

fn main() {
    let server = Server::new(vec![
        (200, JSON, r#"{"kind": "kitten", "lives": 7, "friend": {"kind": "dog", "friends": [{"kind": "mouse"}]}}"#),
        (200, JSON, r#"{"kind": "cat", "lives": "many"}"#),
        (204, JSON, ""),
        (200, JSON, THINGS),
    ]);
    let client = server.client();
    reads_and_sends_a_tagged_union(&client, &server);
    reads_unions_in_fields(&client);
}

fn reads_and_sends_a_tagged_union(client: &Client<NoToken>, server: &Server) {
    let Pet::Cat(cat) = client.get_pet("a".to_owned().into()).call().unwrap() else {
        panic!("it is a cat");
    };
    let Some(Pet::Dog(dog)) = &cat.friend else {
        panic!("its friend is a dog");
    };
    assert_eq!(dog.friends, [Pet::Other(json!({"kind": "mouse"}))]);
    let error = client.get_pet(5.into()).call().unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("Cat"), "{error}");
    server.asked();
    assert_eq!(server.asked().line, "GET /pets/5");

    // The tag is that of the variant, even if the value has another.
    client.put_pet("a", Pet::from(Cat::new("", 9))).call().unwrap();
    assert_eq!(server.asked().body, r#"{"kind":"cat","lives":9}"#);
}

fn reads_unions_in_fields(client: &Client<NoToken>) {
    let things = client.list_things().call().unwrap();
    let [first, second, third, fourth, fifth, sixth] = things.as_slice() else {
        panic!("{things:?}");
    };
    assert!(matches!(&first.any, ThingAny::Point(point) if point.y == Some(2.0)));
    assert!(matches!(&first.vehicle, Some(Vehicle::RaceBike(bike)) if bike.gears == Some(9)));
    assert!(matches!(&first.event, Some(ThingEvent::Stopped(event)) if event.why == "rain"));
    assert_eq!(first.merged, Some(ThingMerged::Value));
    assert_eq!(first.number, Some(1.0));
    assert_eq!(first.open.as_ref().unwrap().as_str(), "c");
    assert!(matches!(&first.beside, Some(ThingBeside::Full(full)) if full.id == 1));
    assert!(matches!(&first.json, Some(Json::List(items)) if items.len() == 3));
    assert_eq!(first.nothing, None);
    assert_eq!(second.pet, Pet::Other(json!(5)));
    assert!(matches!(&second.any, ThingAny::Name(_)));
    assert!(matches!(&second.vehicle, Some(Vehicle::Other(_))));
    assert_eq!(second.merged, None);
    assert!(matches!(&second.beside, Some(ThingBeside::Empty(_))));
    assert!(matches!(&second.event, Some(ThingEvent::Other(_))));
    assert!(matches!(third.any, ThingAny::Text(_)));
    assert_eq!(fourth.any, ThingAny::Boolean(true));
    assert!(matches!(&fifth.any, ThingAny::List(list) if list == &["a"]));
    assert!(matches!(&sixth.any, ThingAny::Name(_) | ThingAny::Other(_)));
    // Nothing is lost on the way back.
    assert_eq!(serde_json::to_value(&second.vehicle).unwrap(), json!({"type": "Boat"}));
}
