//! Lists of HTTP statuses such as `429,500-599`. Pure.

use std::ops::RangeInclusive;

/// Which error statuses are worth a retry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusCodes(Vec<RangeInclusive<u16>>);

impl StatusCodes {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let code =
            |text: &str| text.trim().parse::<u16>().ok().filter(|code| (100..=599).contains(code));
        text.split(',')
            .map(|part| match part.split_once('-') {
                Some((first, last)) => {
                    let (first, last) = (code(first)?, code(last)?);
                    (first < last).then_some(first..=last)
                }
                None => code(part).map(|code| code..=code),
            })
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }

    pub(super) fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}
