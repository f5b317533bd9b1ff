//! The selection of the requests that meet a fault.

use super::fault::Fault;

/// A [`Fault`] with a selection of requests, for [`Sandbox::fault`](super::Sandbox::fault).
///
/// The default selection is the next request.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a rule has no effect before it is given to `Sandbox::fault`"]
pub struct FaultRule {
    fault: Fault,
    page: Option<usize>,
    /// `None` stands for any number of requests.
    left: Option<usize>,
}

impl FaultRule {
    /// Sets the number of requests that meet the fault. Default: 1.
    pub fn times(mut self, times: usize) -> Self {
        self.left = Some(times);
        self
    }

    /// Applies the fault to all requests until
    /// [`Sandbox::clear_faults`](super::Sandbox::clear_faults).
    pub fn always(mut self) -> Self {
        self.left = None;
        self
    }

    /// Restricts the fault to this page of a list, counted from 1. Default: all requests.
    pub fn on_page(mut self, page: usize) -> Self {
        self.page = Some(page);
        self
    }

    fn applies_to(&self, page: Option<usize>) -> bool {
        self.page.is_none() || self.page == page
    }
}

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            page: None,
            left: Some(1),
        }
    }
}

impl Fault {
    /// Returns a rule with this number of requests: see [`FaultRule::times`].
    pub fn times(self, times: usize) -> FaultRule {
        FaultRule::from(self).times(times)
    }

    /// Returns a rule for all requests: see [`FaultRule::always`].
    pub fn always(self) -> FaultRule {
        FaultRule::from(self).always()
    }

    /// Returns a rule for a page of a list: see [`FaultRule::on_page`].
    pub fn on_page(self, page: usize) -> FaultRule {
        FaultRule::from(self).on_page(page)
    }
}

/// The rules, in the order in which they were added.
#[derive(Default)]
pub(super) struct FaultQueue(Vec<FaultRule>);

impl FaultQueue {
    pub(super) fn push(&mut self, rule: FaultRule) {
        if rule.left != Some(0) {
            self.0.push(rule);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns the fault that a request meets, and counts it. `page` is the page of a request for a
    /// list.
    pub(super) fn take(&mut self, page: Option<usize>) -> Option<Fault> {
        let index = self.0.iter().position(|rule| rule.applies_to(page))?;
        let rule = &mut self.0[index];
        let fault = rule.fault.clone();
        rule.left = rule.left.map(|left| left - 1);
        if rule.left == Some(0) {
            drop(self.0.remove(index));
        }
        Some(fault)
    }
}
