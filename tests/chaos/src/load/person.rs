//! Those who use the app. Each marks the titles of their tasks, so that a row that strayed to
//! somebody else is seen.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use test_support::invariants::Invariant;
use test_support::{Call, Client};

use super::book::Book;
use super::insist::insist;
use crate::run::Run;
use crate::tally::Count;

const PASSWORD: &str = "correct horse battery";
const CREATED: u16 = 201;
const CONFLICT: u16 = 409;

#[derive(Debug)]
pub(crate) struct Person {
    /// Begins the title of each of their tasks, and ends with a space.
    pub(crate) mark: String,
    pub(crate) user_id: String,
    pub(crate) client: Client,
    book: Mutex<Book>,
}

/// Everybody who has signed up so far.
#[derive(Debug, Default)]
pub(crate) struct People(RwLock<Vec<Arc<Person>>>);

impl Person {
    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens an account and has its reminders sent to the run's receiver. Sign-up takes no key, so
    /// an attempt that was not answered may have opened the account: then signing in is the way.
    fn arrive(run: &Run, number: u64, dice: &mut StdRng) -> Option<Person> {
        let email = format!("person{number}@example.org");
        let account = json!({"email": email, "password": PASSWORD});
        let anybody = run.stage.client();
        let mut ask = |path: &str| {
            let call = Call::post(path, account.clone());
            insist(run, &anybody, &call, dice).map(|insisted| insisted.answer)
        };
        let mut answer = ask("/api/auth/signup")?;
        if answer.status == CONFLICT {
            answer = ask("/api/auth/signin")?;
        }
        if !answer.is_success() {
            let (status, text) = (answer.status, answer.text());
            let what = format!("signing up as {email} was answered with {status}: {text}");
            run.findings.of_all(Invariant::EachChangeHasItsEvent, what);
            return None;
        }
        let signed_in = answer.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let client = anybody.with_token(&text(&signed_in["access_token"]));
        let mark = format!("p{number} ");
        let person = Person {
            user_id: text(&signed_in["user"]["id"]),
            book: Mutex::default(),
            client,
            mark,
        };
        person.add_webhook(run, dice).then_some(person)
    }

    fn add_webhook(&self, run: &Run, dice: &mut StdRng) -> bool {
        let url = run.receiver.url(&self.user_id);
        let call = Call::post("/api/me/channels", json!({"type": "webhook", "url": url}));
        let insisted = insist(run, &self.client, &call, dice);
        let status = insisted.map(|insisted| insisted.answer.status);
        // The URL is there already when an attempt before had no answer.
        matches!(status, Some(CREATED | CONFLICT))
    }
}

impl People {
    pub(crate) fn all(&self) -> Vec<Arc<Person>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn one(&self, dice: &mut StdRng) -> Option<Arc<Person>> {
        let people = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (!people.is_empty()).then(|| Arc::clone(&people[dice.random_range(0..people.len())]))
    }

    pub(crate) fn welcome(&self, run: &Run, number: u64, dice: &mut StdRng) {
        let Some(person) = Person::arrive(run, number, dice) else {
            let what = format!("person {number} could not sign up");
            return run.findings.of_all(Invariant::EverythingDrains, what);
        };
        run.tally.add(Count::SignUps);
        let mut people = self.0.write().unwrap_or_else(PoisonError::into_inner);
        people.push(Arc::new(person));
    }
}
