//! Serializes parameters by OpenAPI's `style` and `explode`, for URLs, headers, cookies and forms. RFC
//! 6570 decides where OpenAPI is silent.

use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

use crate::error::Error;
use crate::escape::ESCAPED;
use crate::request::encode::escaped;

/// The characters to encode in the name of a cookie. RFC 6265 allows more characters than a URL, and
/// servers do not decode names.
pub(super) const COOKIE_NAME: AsciiSet = ESCAPED
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'*')
    .remove(b'+')
    .remove(b'^')
    .remove(b'`')
    .remove(b'|');

/// The location of a parameter: OpenAPI's `in`, or a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParameterLocation {
    Path,
    Query,
    Header,
    Cookie,
    /// A field of an `application/x-www-form-urlencoded` body.
    Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    Space,
    Pipe,
    Deep,
    Json,
}

/// A value to be sent. It can be a secret, so it is wiped when dropped.
pub(crate) struct Sent(pub Value);

impl Sent {
    pub fn new(name: &str, value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        // The reason is dropped: it can quote the value.
        serde_json::to_value(value)
            .map(Self)
            .map_err(|_| Error::invalid(format!("the value of `{name}` cannot be written as JSON")))
    }

    /// Returns null for `None`.
    pub fn optional(name: &str, value: Option<&(impl Serialize + ?Sized)>) -> Result<Self, Error> {
        value.map_or(Ok(Self(Value::Null)), |value| Self::new(name, value))
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        _ => {}
    }
}

/// Returns a string as it is, and any other value as JSON.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value with one level of nesting, as most styles allow. Deeper levels are JSON.
enum Flat {
    One(String),
    Many(Vec<String>),
    Pairs(Vec<(String, String)>),
}

impl Flat {
    /// Returns `None` for a value that is not sent: null, an empty list, an empty object.
    fn new(value: &Value, escape: &dyn Fn(&str) -> String) -> Option<Self> {
        let text = |value: &Value| escape(&Zeroizing::new(plain(value)));
        match value {
            Value::Null => None,
            Value::Array(items) => {
                let items = items.iter().filter(|item| !item.is_null());
                let items: Vec<_> = items.map(text).collect();
                (!items.is_empty()).then_some(Self::Many(items))
            }
            Value::Object(members) => {
                let members = members.iter().filter(|(_, member)| !member.is_null());
                let pairs: Vec<_> = members
                    .map(|(key, member)| (escape(key), text(member)))
                    .collect();
                (!pairs.is_empty()).then_some(Self::Pairs(pairs))
            }
            scalar => Some(Self::One(text(scalar))),
        }
    }

    /// Joins all items by `sign`; `equal` separates a key from its value.
    fn join(&self, sign: &str, equal: &str) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Many(items) => items.join(sign),
            Self::Pairs(pairs) => {
                let pairs = pairs
                    .iter()
                    .map(|(key, value)| format!("{key}{equal}{value}"));
                pairs.collect::<Vec<_>>().join(sign)
            }
        }
    }
}

/// Returns a value as one text, for a path or a header. Returns `None` if there is nothing to send.
pub(super) fn text(
    name: &str,
    style: Style,
    explode: bool,
    value: &Value,
    escape: &dyn Fn(&str) -> String,
) -> Option<String> {
    if style == Style::Json {
        return (!value.is_null()).then(|| escape(&value.to_string()));
    }
    let flat = Flat::new(value, escape)?;
    let equal = if explode { "=" } else { "," };
    Some(match style {
        // A comma, by RFC 6570 and OpenAPI 3.0.4. The table of OpenAPI 3.0.3 wrongly has a dot.
        Style::Label if explode => format!(".{}", flat.join(".", equal)),
        Style::Label => format!(".{}", flat.join(",", equal)),
        Style::Matrix => matrix(&escape(name), explode, &flat),
        // The other styles are for queries only.
        _ => flat.join(",", equal),
    })
}

fn matrix(name: &str, explode: bool, flat: &Flat) -> String {
    match flat {
        Flat::One(text) if text.is_empty() => format!(";{name}"),
        Flat::Many(items) if explode => {
            items.iter().map(|item| format!(";{name}={item}")).collect()
        }
        Flat::Pairs(_) if explode => format!(";{}", flat.join(";", "=")),
        _ => format!(";{name}={}", flat.join(",", ",")),
    }
}

/// The name of a pair: the parameter's name, a key of the value, or a path in brackets.
pub(super) struct Name(String);

impl Name {
    pub fn escape(&self, set: &'static AsciiSet) -> String {
        utf8_percent_encode(&self.0, set).to_string()
    }
}

/// Returns a value as pairs, for a query, a cookie or a form. The values are escaped.
pub(super) fn pairs(name: &str, style: Style, explode: bool, value: &Value) -> Vec<(Name, String)> {
    let own = |value| vec![(Name(name.to_owned()), value)];
    match style {
        Style::Json if value.is_null() => return Vec::new(),
        Style::Json => return own(escaped(&value.to_string())),
        Style::Deep => {
            let mut pairs = Vec::new();
            deep(name.to_owned(), value, &mut pairs);
            return pairs;
        }
        _ => {}
    }
    // A URL cannot contain pipes and spaces.
    let sign = match style {
        Style::Space => "%20",
        Style::Pipe => "%7C",
        _ => ",",
    };
    match value {
        Value::Array(items) if explode => {
            let items = items.iter().filter(|item| !item.is_null());
            items
                .map(|item| (Name(name.to_owned()), escaped(&plain(item))))
                .collect()
        }
        Value::Object(members) if explode => {
            let members = members.iter().filter(|(_, member)| !member.is_null());
            members
                .map(|(key, member)| (Name(key.clone()), escaped(&plain(member))))
                .collect()
        }
        value => {
            Flat::new(value, &escaped).map_or_else(Vec::new, |flat| own(flat.join(sign, sign)))
        }
    }
}

fn deep(name: String, value: &Value, pairs: &mut Vec<(Name, String)>) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            let items = items.iter().filter(|item| !item.is_null());
            for (index, item) in items.enumerate() {
                deep(format!("{name}[{index}]"), item, pairs);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                deep(format!("{name}[{key}]"), member, pairs);
            }
        }
        scalar => pairs.push((Name(name), escaped(&plain(scalar)))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ParameterLocation as P;
    use super::Style as S;
    use super::*;
    use crate::auth::token::NoToken;
    use crate::testing::{exchange, operation, refusal, reply, sent};
    use ureq::http::Method;

    /// Those of OpenAPI's table; the members are in order, however `serde_json` is built.
    fn examples() -> [Value; 4] {
        [
            json!(""),
            json!("blue"),
            json!(["blue", "black", "brown"]),
            json!({"B": 150, "G": 200, "R": 100}),
        ]
    }

    fn part(style: S, explode: bool, value: &Value) -> String {
        text("color", style, explode, value, &escaped).unwrap_or_default()
    }

    fn query(style: S, explode: bool, value: &Value) -> String {
        let pairs = pairs("color", style, explode, value).into_iter();
        let pairs = pairs.map(|(name, value)| format!("{}={value}", name.escape(&ESCAPED)));
        pairs.collect::<Vec<_>>().join("&")
    }

    #[test]
    fn a_path_is_as_in_the_table() {
        for (style, explode, expected) in [
            (
                S::Simple,
                false,
                ["", "blue", "blue,black,brown", "B,150,G,200,R,100"],
            ),
            (
                S::Simple,
                true,
                ["", "blue", "blue,black,brown", "B=150,G=200,R=100"],
            ),
            (
                S::Label,
                false,
                [".", ".blue", ".blue,black,brown", ".B,150,G,200,R,100"],
            ),
            (
                S::Label,
                true,
                [".", ".blue", ".blue.black.brown", ".B=150.G=200.R=100"],
            ),
            (
                S::Matrix,
                false,
                [
                    ";color",
                    ";color=blue",
                    ";color=blue,black,brown",
                    ";color=B,150,G,200,R,100",
                ],
            ),
            (
                S::Matrix,
                true,
                [
                    ";color",
                    ";color=blue",
                    ";color=blue;color=black;color=brown",
                    ";B=150;G=200;R=100",
                ],
            ),
        ] {
            for (value, expected) in examples().iter().zip(expected) {
                assert_eq!(part(style, explode, value), expected, "{style:?} {explode}");
            }
        }
    }

    #[test]
    fn a_query_is_as_in_the_table() {
        let [empty, one, many, pairs] = &examples();
        assert_eq!(query(S::Form, false, empty), "color=");
        assert_eq!(query(S::Form, true, one), "color=blue");
        for (style, explode, list, object) in [
            (
                S::Form,
                false,
                "color=blue,black,brown",
                "color=B,150,G,200,R,100",
            ),
            (
                S::Form,
                true,
                "color=blue&color=black&color=brown",
                "B=150&G=200&R=100",
            ),
            (
                S::Space,
                false,
                "color=blue%20black%20brown",
                "color=B%20150%20G%20200%20R%20100",
            ),
            (
                S::Pipe,
                false,
                "color=blue%7Cblack%7Cbrown",
                "color=B%7C150%7CG%7C200%7CR%7C100",
            ),
            (
                S::Deep,
                true,
                "color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown",
                "color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100",
            ),
        ] {
            assert_eq!(query(style, explode, many), list, "{style:?} {explode}");
            assert_eq!(query(style, explode, pairs), object, "{style:?} {explode}");
        }
    }

    #[test]
    fn signs_of_a_value_are_not_those_of_its_style() {
        let value = json!(["a,b", "c;d=é /?&#|%", "e.f"]);
        let escaped = "a%2Cb,c%3Bd%3D%C3%A9%20%2F%3F%26%23%7C%25,e.f";
        assert_eq!(part(S::Simple, false, &value), escaped);
        assert_eq!(query(S::Form, false, &value), format!("color={escaped}"));
    }

    #[test]
    fn what_is_null_is_left_out_and_what_is_deeper_is_json() {
        let list = json!([null, 1, [2], {"a": 3}, false]);
        assert_eq!(
            part(S::Simple, false, &list),
            "1,%5B2%5D,%7B%22a%22%3A3%7D,false"
        );
        assert_eq!(
            query(S::Form, true, &json!({"a": null, "b": {"c": 1}})),
            "b=%7B%22c%22%3A1%7D"
        );
        for nothing in [
            json!(null),
            json!([]),
            json!({}),
            json!([null]),
            json!({"a": null}),
        ] {
            for style in [S::Form, S::Space, S::Pipe, S::Deep] {
                assert_eq!(query(style, true, &nothing), "", "{nothing}");
                assert_eq!(query(style, false, &nothing), "", "{nothing}");
            }
            assert_eq!(part(S::Label, true, &nothing), "");
        }
        assert_eq!(query(S::Json, false, &json!(null)), "");
        assert_eq!(query(S::Json, false, &json!("a")), "color=%22a%22");
        assert_eq!(query(S::Json, false, &json!([1])), "color=%5B1%5D");
    }

    #[test]
    fn deep_nests_without_limit() {
        let value = json!({"a": {"b": ["x", {"c d": [null, true]}]}, "z": null});
        let name = |text: &str| {
            text.replace('[', "%5B")
                .replace(']', "%5D")
                .replace(' ', "%20")
        };
        let expected = format!(
            "{}=x&{}=true",
            name("color[a][b][0]"),
            name("color[a][b][1][c d][0]")
        );
        assert_eq!(query(S::Deep, true, &value), expected);
    }

    #[test]
    fn each_place_gets_its_values() {
        let none = None::<&str>;
        let received = sent(Method::POST, |request| {
            let list = Some(&["a b", "c,d"]);
            let pair = Some(&json!({"x": "é;"}));
            request
                .value(P::Query, "none", S::Form, true, none)
                .value(P::Query, "l[]", S::Form, true, list)
                .value(P::Query, "q", S::Deep, true, pair)
                .value(P::Header, "X-List", S::Simple, false, list)
                .value(P::Header, "X-None", S::Simple, false, none)
                .value(P::Header, "X-Json", S::Json, false, pair)
                .value(P::Cookie, "a$", S::Form, false, list)
                .value(P::Cookie, "p", S::Form, true, pair)
                .cookie("plain", &[1, 2])
                .cookie("gone", &None::<u8>)
                .value(P::Form, "f", S::Form, false, list)
                .value(P::Form, "g", S::Deep, true, pair)
        });
        let line = "POST /x?l%5B%5D=a%20b&l%5B%5D=c%2Cd&q%5Bx%5D=%C3%A9%3B HTTP/1.1";
        assert_eq!(received.line, line);
        assert_eq!(received.header("X-List").as_deref(), Some("a b,c,d"));
        assert_eq!(received.header("X-None"), None);
        assert_eq!(received.header("X-Json").as_deref(), Some("{\"x\":\"é;\"}"));
        let cookies = "a$=a%20b,c%2Cd; x=%C3%A9%3B; plain=1,2";
        assert_eq!(received.header("Cookie").as_deref(), Some(cookies));
        assert_eq!(received.text(), "f=a%20b,c%2Cd&g%5Bx%5D=%C3%A9%3B");
        let form = "application/x-www-form-urlencoded";
        assert_eq!(received.header("Content-Type").as_deref(), Some(form));
    }

    #[test]
    fn a_form_is_an_object_with_its_members() {
        let value = json!({"a": [1, null, 2], "b": {"c": "d"}, "e": null, "f": "g h"});
        let received = sent(Method::POST, |request| request.form_body(Some(&value)));
        assert_eq!(received.text(), "a=1&a=2&b=%7B%22c%22%3A%22d%22%7D&f=g%20h");
        let received = sent(Method::POST, |request| request.form_body(Some(&json!({}))));
        assert_eq!(received.text(), "");
        assert!(received.header("Content-Type").unwrap().contains("form"));
        let error = refusal("/x", |request| request.form_body(Some(&[1])));
        assert!(error.contains("not an object"), "{error}");
    }

    #[test]
    fn a_path_with_an_empty_part_or_one_of_dots_is_refused() {
        let refuse = |style, value: Value| {
            refusal("/{color}", |request| {
                request.value(P::Path, "color", style, false, Some(&value))
            })
        };
        for (style, value) in [
            (S::Simple, json!("")),
            (S::Simple, json!(null)),
            (S::Simple, json!([])),
            (S::Simple, json!("..")),
            (S::Label, json!("")),
            (S::Label, json!(".")),
        ] {
            let error = refuse(style, value);
            assert!(
                error.contains("`color`") && error.contains("cannot be a path segment"),
                "{error}"
            );
        }
        let (received, _) = exchange(
            NoToken,
            operation(Method::GET, "/{a}/{b}{c}/"),
            reply(200, "", ""),
            |request| {
                request
                    .value(P::Path, "c", S::Matrix, true, Some(&json!({"x": "{b}"})))
                    .value(P::Path, "a", S::Label, false, Some(&["1", "2/3"]))
                    .path("b", &["x,y", "z"])
                    .empty()
            },
        );
        assert_eq!(received.line, "GET /.1,2%2F3/x%2Cy,z;x=%7Bb%7D/ HTTP/1.1");
    }

    #[test]
    fn a_header_with_a_line_break_is_refused() {
        let error = refusal("/x", |request| {
            request.value(P::Header, "X-A", S::Simple, false, Some(&"a\r\nb: c"))
        });
        assert!(error.contains("line break"), "{error}");
    }

    #[test]
    fn what_is_secret_in_a_parameter_or_a_form_is_blanked_out_of_the_response() {
        let mut operation = operation(Method::POST, "/x");
        operation.secrets = &["password", "pin"];
        let told = reply(
            400,
            "",
            r#"{"detail": "canary-1, canary-2, 4711 and canary%2D3"}"#,
        );
        let (_, result) = exchange(NoToken, operation, told, |request| {
            request
                .value(P::Query, "password", S::Form, true, Some(&"canary-1"))
                .form_body(Some(&json!({"a": {"password": ["canary-2"]}, "pin": 4711})))
                .part("password", None, Some(&"canary-3"))
                .empty()
        });
        let text = format!("{:?}", result.unwrap_err());
        assert!(
            text.contains("[secret], [secret], [secret] and [secret]"),
            "{text}"
        );
    }
}
