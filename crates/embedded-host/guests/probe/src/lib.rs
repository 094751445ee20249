//! One guest for every test of the host: the query parameter `op` picks a host capability.
//!
//! It decides nothing and hides nothing: what the host answers is written into the response as
//! text, so that a test reads exactly what a component would see.

mod key_value;
mod outbound;
mod pause;
mod postgres;
mod sql;

use futures::SinkExt;
use spin_sdk::http::{Fields, IncomingRequest, OutgoingResponse, ResponseOutparam};
use spin_sdk::http_component;
use url::Url;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    let query = Query::of(&request);
    match query.text("op").as_str() {
        "headers" => reply(out, 200, headers(&request)).await,
        "echo" => {
            let body = request.into_body().await.unwrap_or_default();
            reply(out, 200, body).await
        }
        "variable" => reply(out, 200, variable(&query.text("name"))).await,
        "environment" => {
            reply(out, 200, std::env::var(query.text("name")).unwrap_or_default()).await
        }
        "sql" => {
            let script = request.into_body().await.unwrap_or_default();
            let lines =
                sql::run(&query.text_or("db", "default"), &String::from_utf8_lossy(&script));
            reply(out, 200, lines).await
        }
        "values" => {
            let script = request.into_body().await.unwrap_or_default();
            let label = query.text_or("store", "default");
            reply(out, 200, key_value::run(&label, &String::from_utf8_lossy(&script))).await
        }
        "postgres" => {
            let script = request.into_body().await.unwrap_or_default();
            let answer = postgres::run(&query.text("address"), &String::from_utf8_lossy(&script));
            reply(out, 200, answer).await
        }
        "insert" => reply(out, 200, sql::insert_row()).await,
        "fetch" => {
            let body = request.into_body().await.unwrap_or_default();
            reply(out, 200, outbound::fetch(&query, body).await).await
        }
        "stream" => stream(out, &query).await,
        "after" => after(out, &query).await,
        "trap" => panic!("the guest was asked to trap"),
        "trap-after" => {
            reply(out, 200, "sent before the trap").await;
            panic!("the guest was asked to trap after its response")
        }
        "silent" => drop(out),
        "memory" => reply(out, 200, fill_memory(query.number("mib"))).await,
        "busy" => reply(out, 200, busy(query.number("rounds"))).await,
        "sleep" => {
            pause::sleep_ms(query.number("ms")).await;
            reply(out, 200, "slept").await
        }
        "clock" => reply(out, 200, pause::clocks()).await,
        "print" => {
            println!("to stdout");
            eprintln!("to stderr");
            reply(out, 200, "printed").await
        }
        _ => reply(out, 200, "hello").await,
    }
}

/// The query parameters of the request.
pub struct Query(Vec<(String, String)>);

impl Query {
    fn of(request: &IncomingRequest) -> Self {
        let path = request.path_with_query().unwrap_or_default();
        let url = Url::parse("http://probe/").and_then(|base| base.join(&path));
        Self(url.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default())
    }

    pub fn text(&self, name: &str) -> String {
        self.text_or(name, "")
    }

    pub fn text_or(&self, name: &str, default: &str) -> String {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or(default, |(_, value)| value).to_owned()
    }

    pub fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or_default()
    }
}

async fn reply(out: ResponseOutparam, status: u16, body: impl Into<Vec<u8>>) {
    let response = OutgoingResponse::new(Fields::new());
    response.set_status_code(status).expect("a valid status");
    let mut sink = response.take_body();
    out.set(response);
    let _ = sink.send(body.into()).await;
}

/// Every header in the order the guest sees them, one per line.
fn headers(request: &IncomingRequest) -> String {
    let lines = request
        .headers()
        .entries()
        .into_iter()
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(&value)));
    lines.collect()
}

fn variable(name: &str) -> String {
    match spin_sdk::variables::get(name) {
        Ok(value) => value,
        Err(error) => format!("error: {error:?}"),
    }
}

/// Sends `n` chunks with a pause between them, as `type` says what they are.
async fn stream(out: ResponseOutparam, query: &Query) {
    let kind = query.text_or("type", "text/plain");
    let headers = Fields::from_list(&[("content-type".into(), kind.into_bytes())]);
    let response = OutgoingResponse::new(headers.expect("a valid header"));
    let mut sink = response.take_body();
    out.set(response);
    for number in 0..query.number("n") {
        if sink.send(format!("chunk {number}\n").into_bytes()).await.is_err() {
            break;
        }
        pause::sleep_ms(query.number("ms")).await;
    }
}

/// Answers first, then sleeps, runs a statement and makes a request: the work after a response.
async fn after(out: ResponseOutparam, query: &Query) {
    reply(out, 202, "accepted").await;
    pause::sleep_ms(query.number("ms")).await;
    let statement = query.text("sql");
    if !statement.is_empty() {
        sql::run("default", &statement);
    }
    if !query.text("url").is_empty() {
        outbound::fetch(query, Vec::new()).await;
    }
}

fn fill_memory(mib: u64) -> String {
    let bytes = vec![1u8; (mib as usize) << 20];
    format!("{} bytes", bytes.iter().map(|byte| *byte as usize).sum::<usize>())
}

/// Arithmetic the optimiser cannot remove: it stands for a password hash.
fn busy(rounds: u64) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..rounds {
        state = std::hint::black_box(state.rotate_left(13) ^ round).wrapping_mul(0x2545_f491);
    }
    state.to_string()
}
