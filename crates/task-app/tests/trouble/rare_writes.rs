//! Writes that no commit of tasks charges: each of them is limited all the same.

use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::json;
use task_app::Request;

use crate::requests::{get, post, request, with_token};
use crate::world::World;

const SOME_ID: &str = "0198a0c0-0000-7000-8000-000000000001";

fn rare_writes() -> Vec<Request> {
    let put =
        |path: &str, body: serde_json::Value| request("PUT", path, Bytes::from(body.to_string()));
    vec![
        put("/api/me/profile", json!({"name": "Asad"})),
        put("/api/me/channels", json!({"channels": []})),
        post("/api/me/channels", json!({})),
        request("DELETE", &format!("/api/me/channels/{SOME_ID}"), Bytes::new()),
        post(&format!("/api/me/channels/{SOME_ID}/rotate"), json!({})),
        post(&format!("/api/me/deliveries/{SOME_ID}/replay"), json!({})),
        request("POST", "/api/me/import?format=csv", Bytes::from_static(b"title\n")),
    ]
}

#[test]
fn every_rare_write_is_charged() {
    for write in rare_writes() {
        let world = World::new();
        let write = with_token(&world.sign_up("asad"), write);
        let admitted = (0..1_000)
            .take_while(|_| world.call(&write).status() != StatusCode::TOO_MANY_REQUESTS)
            .count();
        assert_eq!(admitted, 200, "{} {}", write.method(), write.uri());
        let refused = world.call(&write);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
        world.pass_s(1);
        assert_ne!(world.call(&write).status(), StatusCode::TOO_MANY_REQUESTS);
    }
}

#[test]
fn who_wrote_too_much_still_reads_and_works_on_tasks() {
    let world = World::new();
    let token = world.sign_up("asad");
    let write = with_token(&token, request("PUT", "/api/me/profile", Bytes::from_static(b"{}")));
    while world.call(&write).status() != StatusCode::TOO_MANY_REQUESTS {}
    assert_eq!(world.call(&with_token(&token, get("/api/me/profile"))).status(), StatusCode::OK);
    world.create_tasks(&token, 1);
    let other = with_token(&world.sign_up("bina"), write);
    assert_eq!(world.call(&other).status(), StatusCode::OK);
}
