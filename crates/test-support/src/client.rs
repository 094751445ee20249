//! A person's program: signs up, asks, and repeats what was not answered.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use http::{Method, Request};
use serde_json::{Value, json};
use ureq::{Agent, Body};

use crate::answer::Answer;

/// What an answer may take; every timeout of the app is far below.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
const PASSWORD: &str = "correct horse battery";

/// Where the app is now; it moves when it is started again.
#[derive(Clone, Debug, Default)]
pub struct Whereabouts(Arc<RwLock<String>>);

impl Whereabouts {
    pub fn set(&self, url: String) {
        let mut known = self.0.write().unwrap_or_else(|error| panic!("{error}"));
        *known = url;
    }

    pub fn url(&self) -> String {
        self.0.read().unwrap_or_else(|error| panic!("{error}")).clone()
    }
}

/// One request as a test writes it down.
#[derive(Clone, Debug)]
pub struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// The connection broke, or there was none: nobody knows whether the request was done.
#[derive(Clone, Debug)]
pub struct Unanswered(pub String);

/// Speaks for one user, or for nobody before sign-up.
#[derive(Clone, Debug)]
pub struct Client {
    whereabouts: Whereabouts,
    agent: Agent,
    token: Option<String>,
    user_id: String,
    email: String,
}

impl Call {
    pub fn new(method: &str, path: &str) -> Self {
        let method = Method::from_bytes(method.as_bytes());
        let method = method.unwrap_or_else(|error| panic!("{error}"));
        Call { method, path: path.to_owned(), headers: Vec::new(), body: None }
    }

    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn post(path: &str, body: Value) -> Self {
        Self::new("POST", path).json(body)
    }

    pub fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json").bytes(body.to_string().into_bytes())
    }

    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self
    }

    /// Takes the place of a header of the same name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Asks to be done once, however often it is sent.
    pub fn once(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }
}

impl Client {
    /// Nobody yet.
    pub fn new(whereabouts: Whereabouts) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(ANSWER_TIMEOUT))
            .build();
        Client {
            whereabouts,
            agent: config.new_agent(),
            token: None,
            user_id: String::new(),
            email: String::new(),
        }
    }

    /// Nobody yet, of an app that stays where it is.
    pub fn at(url: String) -> Self {
        let whereabouts = Whereabouts::default();
        whereabouts.set(url);
        Self::new(whereabouts)
    }

    /// The same app for a new user, in the time zone UTC.
    #[track_caller]
    pub fn sign_up(&self, email: &str) -> Client {
        self.sign_up_as(json!({"email": email, "password": PASSWORD}))
    }

    #[track_caller]
    pub fn sign_up_as(&self, body: Value) -> Client {
        let signed_in = self.call(Call::post("/api/auth/signup", body)).expect(201).json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Client {
            token: Some(text(&signed_in["access_token"])),
            user_id: text(&signed_in["user"]["id"]),
            email: text(&signed_in["user"]["email"]),
            ..self.clone()
        }
    }

    /// Where the app is now.
    pub fn url(&self) -> String {
        self.whereabouts.url()
    }

    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    pub fn email(&self) -> &str {
        &self.email
    }

    /// The password of everyone who signed up by `sign_up`.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// The access token of whoever signed up.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The same app, as nobody.
    pub fn anonymous(&self) -> Client {
        Client::new(self.whereabouts.clone())
    }

    /// The same app, as whoever this token belongs to.
    pub fn with_token(&self, token: &str) -> Client {
        Client { token: Some(token.to_owned()), ..self.anonymous() }
    }

    /// Asks once.
    pub fn try_call(&self, call: &Call) -> Result<Answer, Unanswered> {
        let mut request = Request::builder().method(call.method.clone()).uri(format!(
            "{}{}",
            self.whereabouts.url(),
            call.path
        ));
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let fault = |error: &dyn std::fmt::Display| Unanswered(error.to_string());
        let answered = match &call.body {
            Some(body) => {
                let request = request.body(body.clone()).map_err(|error| fault(&error))?;
                self.agent.run(request)
            }
            None => self.agent.run(request.body(()).map_err(|error| fault(&error))?),
        };
        let response = answered.map_err(|error| fault(&error))?;
        read(call, response).map_err(|error| fault(&error))
    }

    /// Asks once, of an app that is up.
    #[track_caller]
    pub fn call(&self, call: Call) -> Answer {
        self.try_call(&call).unwrap_or_else(|Unanswered(cause)| {
            panic!("{} {} was not answered: {cause}", call.method, call.path)
        })
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.call(Call::get(path))
    }

    /// A new task, as the app shows it.
    #[track_caller]
    pub fn create(&self, body: Value) -> Value {
        self.call(Call::post("/api/me/tasks", body)).expect(201).json()
    }

    #[track_caller]
    pub fn task(&self, id: &Value) -> Value {
        self.get(&format!("/api/me/tasks/{id}")).expect(200).json()
    }

    #[track_caller]
    pub fn complete(&self, id: &Value) -> Value {
        self.act(id, "complete")
    }

    #[track_caller]
    pub fn reopen(&self, id: &Value) -> Value {
        self.act(id, "reopen")
    }

    #[track_caller]
    fn act(&self, id: &Value, action: &str) -> Value {
        let call = Call::new("POST", &format!("/api/me/tasks/{id}/{action}"));
        self.call(call).expect(200).json()
    }

    #[track_caller]
    pub fn change(&self, id: &Value, body: Value) -> Value {
        let call = Call::new("PATCH", &format!("/api/me/tasks/{id}")).json(body);
        self.call(call).expect(200).json()
    }

    #[track_caller]
    pub fn delete(&self, id: &Value) {
        self.call(Call::new("DELETE", &format!("/api/me/tasks/{id}"))).expect(204);
    }

    /// The number of the user's latest change.
    #[track_caller]
    pub fn seq(&self) -> u64 {
        let page = self.get("/api/me/tasks?limit=1").expect(200).json();
        page["seq"].as_u64().unwrap_or_else(|| panic!("a list without a seq: {page}"))
    }

    /// All tasks, over all pages, in the order of their creation.
    #[track_caller]
    pub fn tasks(&self) -> Vec<Value> {
        let mut tasks = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/me/tasks?limit=200&cursor={cursor}");
            let page = self.get(&path).expect(200).json();
            tasks.extend(page["tasks"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => return tasks,
            }
        }
    }

    /// The instance after this task in its series, if there is one.
    #[track_caller]
    pub fn next_instance(&self, task: &Value) -> Option<Value> {
        let next = task["occurrence"].as_u64().map(|occurrence| occurrence + 1);
        let follows = |other: &Value| {
            other["series_id"] == task["series_id"] && other["occurrence"].as_u64() == next
        };
        self.tasks().into_iter().find(follows)
    }
}

fn read(call: &Call, response: http::Response<Body>) -> Result<Answer, ureq::Error> {
    let (parts, mut body) = response.into_parts();
    Ok(Answer {
        request: format!("{} {}", call.method, call.path),
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.read_to_vec()?,
    })
}
