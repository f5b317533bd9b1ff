//! Removes the secrets of one request from texts.

use std::cell::Cell;
use std::sync::OnceLock;

use serde_json::Value;
use zeroize::Zeroizing;

use super::beginning::{LONGEST, beginning};
use super::index::Index;
use super::patterns::forms;
use super::search::{STEPS, Search};
use super::secret_values::secret_values;
use crate::auth::auth_secret::AuthSecret;

/// The replacement of a secret.
pub(super) const BLANK: &str = "[secret]";

/// The replacement of a whole text that may show a secret.
pub(crate) const WITHHELD: &str = "[withheld: it may show a secret]";

/// The most characters that are read in all texts of one response together. Further texts are
/// withheld.
const BUDGET: usize = 2 * LONGEST * STEPS;

/// The number of bytes whose cost is that of one character read. Most bytes are skipped quickly.
const BYTES_PER_STEP: usize = 16;

/// The patterns of one request's secrets, computed for the first text that is searched. Most requests
/// have none.
#[derive(Default)]
pub(crate) struct Patterns(pub(super) OnceLock<Index>);

/// Removes the secrets of one request from the texts of a response, or of all responses to it.
///
/// All texts of one response share one budget, so that no response takes long to search. A redactor
/// holds only references, so it costs nothing to create.
pub(crate) struct Redactor<'r> {
    credentials: &'r [AuthSecret],
    /// Secret parameters and form fields.
    secrets: &'r [Zeroizing<String>],
    body: Option<&'r [u8]>,
    /// Keys of the JSON body whose values are secret.
    keys: &'static [&'static str],
    patterns: &'r Patterns,
    /// The rest of [`BUDGET`].
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

    /// Allows as many characters to be read as for the first response.
    pub fn start_response(&self) {
        self.left.set(BUDGET);
    }

    /// Returns true if the first [`LONGEST`] bytes of the beginning of a text have a secret or cannot
    /// be searched.
    pub fn finds(&self, text: &str) -> bool {
        let found = self.search(beginning(text, LONGEST), true, Search::secrets);
        found.is_none_or(|ranges| !ranges.is_empty())
    }

    /// Returns true if the first [`LONGEST`] bytes of a text have some characters of a secret in a row,
    /// or cannot be searched.
    pub fn finds_piece(&self, text: &str) -> bool {
        let found = self.search(beginning(text, LONGEST), false, Search::has_piece);
        found.unwrap_or(true)
    }

    /// Returns the first [`LONGEST`] bytes of a text with [`BLANK`] in place of secrets, or
    /// [`WITHHELD`].
    pub fn redact(&self, text: &str) -> String {
        self.redact_text(text, false)
    }

    /// Does the same for the beginning of a text. Its end can be a secret of which a few characters
    /// are left.
    pub fn redact_beginning(&self, text: &str) -> String {
        self.redact_text(text, true)
    }

    fn redact_text(&self, text: &str, is_cut_off: bool) -> String {
        let looked_at = beginning(text, LONGEST);
        let is_cut_off = is_cut_off || looked_at.len() < text.len();
        let Some(ranges) = self.search(looked_at, is_cut_off, Search::secrets) else {
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

    /// Searches a text. Returns `None` if the budget is used up, or the search gave up.
    fn search<'s, T>(
        &'s self,
        text: &'s str,
        is_cut_off: bool,
        find: impl FnOnce(&mut Search<'s>) -> Option<T>,
    ) -> Option<T> {
        let index = self.index();
        let cost = if index.patterns.is_empty() {
            0
        } else {
            text.len() / BYTES_PER_STEP
        };
        let left = self.left.get().checked_sub(cost)?;
        let mut search = Search::new(index, text, is_cut_off, left);
        let found = find(&mut search);
        self.left.set(left.saturating_sub(search.steps()));
        #[cfg(test)]
        super::steps::add(search.steps());
        found
    }

    pub(super) fn index(&self) -> &Index {
        self.patterns.0.get_or_init(|| {
            let mut patterns = Vec::new();
            let mut take = |secret: &str| patterns.extend(forms(secret));
            let credentials = self.credentials.iter().flat_map(AuthSecret::secrets);
            credentials.for_each(&mut take);
            self.secrets.iter().for_each(|secret| take(secret));
            if let Some(body) = self.body.filter(|_| !self.keys.is_empty())
                && let Ok(body) = serde_json::from_slice::<Value>(body)
            {
                secret_values(&body, self.keys, false, &mut take);
            }
            Index::new(patterns)
        })
    }
}
