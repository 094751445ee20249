//! What belongs to a person: address, name, the hours in which they are left alone.

use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Serialize};
use task_domain::{QuietHours, UserId};

use crate::limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX};
use crate::problem::FieldProblem;

/// Who has no address of their own still needs a unique one; no mail ever reaches this domain.
const NO_EMAIL_DOMAIN: &str = "no-email.invalid";

/// `{"from": "22:00", "to": "07:00"}`, on the wall clock of the account's zone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QuietHours))]
pub(crate) struct QuietSpan {
    from: String,
    to: String,
}

/// Lower-cased, as it is kept.
///
/// One `@` with something on both sides and no spaces: whether mail arrives only mail can tell.
pub(crate) fn email(text: &str) -> Result<String, FieldProblem> {
    let email = text.trim().to_lowercase();
    let plausible = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && domain != NO_EMAIL_DOMAIN
            && email.chars().count() <= EMAIL_CHARS_MAX
            && !email.chars().any(|c| c.is_whitespace() || c.is_control())
    });
    let fault = || FieldProblem::new("email", "an address like name@example.org");
    if plausible { Ok(email) } else { Err(fault()) }
}

/// What stands in the place of an address.
pub(crate) fn no_email(user: UserId) -> String {
    format!("{user}@{NO_EMAIL_DOMAIN}")
}

/// The address as its owner may see it.
pub(crate) fn own_email(stored: &str) -> Option<String> {
    let is_own = !stored.ends_with(NO_EMAIL_DOMAIN);
    is_own.then(|| stored.to_owned())
}

/// Without what surrounds it; `None` when nothing is left.
pub(crate) fn person_name(text: &str) -> Result<Option<String>, FieldProblem> {
    if text.chars().count() > NAME_CHARS_MAX {
        return Err(FieldProblem::new("name", format!("at most {NAME_CHARS_MAX} characters")));
    }
    Ok(Some(text.trim().to_owned()).filter(|name| !name.is_empty()))
}

/// What somebody who gave no name is called.
pub(crate) fn name_from(email: &str) -> String {
    email.split('@').next().unwrap_or_default().to_owned()
}

pub(crate) fn parse_quiet_hours(span: &QuietSpan) -> Result<QuietHours, FieldProblem> {
    let time = |member: &str, text: &str| {
        NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| {
            FieldProblem::new(format!("quiet_hours.{member}"), "a time of day such as 22:00")
        })
    };
    let (from, to) = (time("from", &span.from)?, time("to", &span.to)?);
    QuietHours::new(from, to)
        .map_err(|violation| FieldProblem::new("quiet_hours", violation.to_string()))
}

pub(crate) fn quiet_hours(hours: &QuietHours) -> QuietSpan {
    let time = |at: NaiveTime| format!("{:02}:{:02}", at.hour(), at.minute());
    QuietSpan { from: time(hours.from), to: time(hours.to) }
}
