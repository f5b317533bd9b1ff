//! Pages of a list, as Django REST framework cuts them.

use std::num::IntErrorKind;

use super::query_string::QueryString;
use super::response::ApiError;

const DEFAULT_PAGE_SIZE: usize = 20;

/// The response to a request for a page after the last one. It is not known which of the two the
/// live service sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum PastTheEnd {
    /// 404 with `{"detail":"Invalid page."}`: the default of the service's framework.
    #[default]
    NotFound,
    /// 200 with an empty list.
    EmptyPage,
}

/// How a list is cut into pages.
pub(in crate::sandbox) struct Paging {
    pub(in crate::sandbox) max_page_size: usize,
    pub(in crate::sandbox) past_the_end: PastTheEnd,
}

impl Paging {
    /// Returns the records of the page that a query asks for.
    pub(super) fn cut<T>(
        &self,
        query: &QueryString,
        records: impl Iterator<Item = T>,
    ) -> Result<Vec<T>, ApiError> {
        let page = page(query).ok_or(ApiError::InvalidPage)?;
        let size = self.page_size(query.get("page_size"));
        let skipped = records.skip((page - 1).saturating_mul(size));
        let records: Vec<T> = skipped.take(size).collect();
        let past_the_end = records.is_empty() && page > 1;
        if past_the_end && self.past_the_end == PastTheEnd::NotFound {
            return Err(ApiError::InvalidPage);
        }
        Ok(records)
    }

    fn page_size(&self, given: Option<&str>) -> usize {
        let size = match given.unwrap_or_default().parse() {
            Ok(0) => DEFAULT_PAGE_SIZE,
            Ok(size) => size,
            Err(error) if *error.kind() == IntErrorKind::PosOverflow => usize::MAX,
            Err(_) => DEFAULT_PAGE_SIZE,
        };
        size.min(self.max_page_size)
    }
}

/// Returns the page number in a query, counted from 1.
pub(super) fn page(query: &QueryString) -> Option<usize> {
    let page = query.get("page").unwrap_or("1").parse().ok()?;
    (page > 0).then_some(page)
}
