//! `x-period`: four query parameters that together are one period.

use crate::document::Findings;
use crate::model::{Parameter, Period};
use crate::text::join;

const KEY: &str = "x-period";

/// Returns the period of the operation at `pointer`, if it has one, and takes its parameters out of
/// the others.
pub fn take(
    findings: &mut Findings<'_>,
    pointer: &str,
    parameters: &mut Vec<Parameter>,
) -> Option<Period> {
    let period = read(findings, &join(pointer, KEY))?;
    for name in [&period.mode, &period.value, &period.start, &period.end] {
        let at = join(pointer, KEY);
        if let Some(index) = super::query_parameter(findings, &at, parameters, name) {
            parameters.remove(index);
        }
    }
    Some(period)
}

fn read(findings: &mut Findings<'_>, pointer: &str) -> Option<Period> {
    let names = ["mode", "value", "start", "end", "week"];
    let [mode, value, start, end, week] = super::texts(findings, pointer, names, &[])?;
    let iso_week = match week.as_str() {
        "YYYY-WWW" => true,
        "YYYY-WW" => false,
        other => {
            let found = format!("`{other}` is not a format of a week");
            findings.report(
                &join(pointer, "week"),
                found,
                "it is `YYYY-WW` or `YYYY-WWW`",
            );
            return None;
        }
    };
    Some(Period {
        mode,
        value,
        start,
        end,
        iso_week,
    })
}
