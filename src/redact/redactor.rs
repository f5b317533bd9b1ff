//! Removes the secrets of one request from texts.

use std::cell::Cell;
use std::sync::OnceLock;

use serde_json::Value;
use zeroize::Zeroizing;

use super::beginning::{LONGEST, beginning};
use super::index::Index;
use super::patterns::forms;
use super::search::{Found, STEPS, Search};
use super::secret_values::secret_values;
use crate::auth::auth_secret::AuthSecret;

/// What stands in place of a secret.
pub(super) const BLANK: &str = "[secret]";

/// What stands in place of a text that cannot be shown in part.
pub(crate) const WITHHELD: &str = "[withheld: it may show a secret]";

/// How many letters one redactor reads, in all texts together. Texts beyond that are withheld.
const BUDGET: usize = 2 * LONGEST * STEPS;

/// How many bytes of a text cost as much as one letter that is read. Most bytes are passed over.
const BYTES_PER_STEP: usize = 16;

/// What to look for in the responses to one request. It is worked out when a response is searched
/// for the first time: most never are.
#[derive(Default)]
pub(crate) struct Patterns(pub(super) OnceLock<Index>);

/// Removes the secrets of one request from the texts of a response, or of all responses to it.
///
/// All texts draw on one budget, so that no response takes long to search, whatever is in it. A
/// redactor holds references alone: making one costs nothing.
pub(crate) struct Redactor<'r> {
    credentials: &'r [AuthSecret],
    /// Parameters and fields of forms that are secret.
    secrets: &'r [Zeroizing<String>],
    body: Option<&'r [u8]>,
    /// Keys of the body whose values are secret.
    keys: &'static [&'static str],
    patterns: &'r Patterns,
    /// What is left of [`BUDGET`].
    left: Cell<usize>,
}

impl<'r> Redactor<'r> {
    pub fn new(
        credentials: &'r [AuthSecret],
        secrets: &'r [Zeroizing<String>],
        body: Option<&'r [u8]>,
        keys: &'static [&'static str],
        patterns: &'r Patterns,
    ) -> Self {
        Self {
            credentials,
            secrets,
            body,
            keys,
            patterns,
            left: Cell::new(BUDGET),
        }
    }

    /// Whether the first [`LONGEST`] bytes of a text show a secret, or cannot be searched.
    pub fn finds(&self, text: &str) -> bool {
        match self.search(beginning(text, LONGEST), Search::secrets) {
            Some(Found::Ranges(ranges)) => !ranges.is_empty(),
            Some(Found::TooMuch) | None => true,
        }
    }

    /// Whether the first [`LONGEST`] bytes of a text have some letters of a secret in a row, or
    /// cannot be searched.
    pub fn finds_piece(&self, text: &str) -> bool {
        let found = self.search(beginning(text, LONGEST), Search::has_piece);
        found.unwrap_or(true)
    }

    /// Returns the first [`LONGEST`] bytes of a text, without its secrets.
    pub fn redact(&self, text: &str) -> String {
        let looked_at = beginning(text, LONGEST);
        let Some(Found::Ranges(ranges)) = self.search(looked_at, Search::secrets) else {
            return WITHHELD.to_owned();
        };
        let mut shown = String::with_capacity(looked_at.len());
        let mut next = 0;
        for range in ranges {
            shown.push_str(&looked_at[next..range.start]);
            shown.push_str(BLANK);
            next = range.end;
        }
        shown.push_str(&looked_at[next..]);
        if looked_at.len() < text.len() {
            shown.push('…');
        }
        shown
    }

    /// Searches a text; `None` if nothing of the budget is left.
    fn search<'s, T>(
        &'s self,
        text: &'s str,
        find: impl FnOnce(&mut Search<'s>) -> T,
    ) -> Option<T> {
        let index = self.index();
        let cost = if index.patterns.is_empty() {
            0
        } else {
            text.len() / BYTES_PER_STEP
        };
        let left = self.left.get().checked_sub(cost)?;
        let mut search = Search::new(index, text, left);
        let found = find(&mut search);
        self.left.set(left.saturating_sub(search.steps()));
        #[cfg(test)]
        super::steps::add(search.steps());
        Some(found)
    }

    pub(super) fn index(&self) -> &Index {
        self.patterns.0.get_or_init(|| {
            let mut patterns = Vec::new();
            for secret in self.credentials.iter().flat_map(AuthSecret::secrets) {
                patterns.extend(forms(secret));
            }
            for secret in self.secrets {
                patterns.extend(forms(secret));
            }
            if let Some(body) = self.body.filter(|_| !self.keys.is_empty())
                && let Ok(body) = serde_json::from_slice::<Value>(body)
            {
                let mut take = |secret: &str| patterns.extend(forms(secret));
                secret_values(&body, self.keys, false, &mut take);
            }
            Index::new(patterns)
        })
    }
}
