//! The load: people who sign up, make tasks and are done with them. Requests come at their own
//! rate, however the app answers; each is repeated until it is answered, as programs do.

mod arrivals;
mod book;
mod deed;
mod insist;
mod person;
mod task_text;
mod work;

pub(crate) use arrivals::{arrive, work_off};
pub(crate) use book::Known;
pub(crate) use deed::Deed;
pub(crate) use person::{People, Person};
