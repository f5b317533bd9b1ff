//! Query strings.

use form_urlencoded::{Serializer, parse};

use crate::fitrankings::authorization;

pub(crate) struct QueryString(Vec<(String, String)>);

impl QueryString {
    pub(crate) fn parse(query: Option<&str>) -> Self {
        let pairs = parse(query.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// Returns the value of a parameter. Of several values, returns the last, like Django.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter().rev();
        let (_, value) = pairs.find(|(key, _)| key == name)?;
        Some(value)
    }
}

/// Adds parameters to the query of a URL. A fragment stays at the end.
pub(crate) fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    authorization::with_query(url, &query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_begun_or_continued() {
        let cases = [
            ("http://a/cb", "http://a/cb?t=1+%26"),
            ("http://a/cb?", "http://a/cb?t=1+%26"),
            ("http://a/cb?s=x", "http://a/cb?s=x&t=1+%26"),
            ("http://a/cb?s=x&", "http://a/cb?s=x&t=1+%26"),
            ("http://a/cb?s=x#top?", "http://a/cb?s=x&t=1+%26#top?"),
            ("app://cb#top", "app://cb?t=1+%26#top"),
        ];
        for (url, expected) in cases {
            assert_eq!(with_query(url, &[("t", "1 &")]), expected);
        }
    }

    #[test]
    fn the_last_of_two_values_counts() {
        let query = QueryString::parse(Some("page=1&x=%2B&page=2"));
        assert_eq!(query.get("page"), Some("2"));
        assert_eq!(query.get("x"), Some("+"));
        assert_eq!(query.get("y"), None);
    }
}
