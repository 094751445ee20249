//! `GET /v1.0/healthz`, of a sidecar that has found its app.

use crate::engine::{Answer, Engine, PUBSUB};

pub(crate) async fn a_sidecar_that_has_found_its_app_is_well(engine: &Engine) {
    let sidecar = engine.start(PUBSUB, &engine.content_app()).await;
    for path in ["/v1.0/healthz", "/v1.0/healthz/outbound", "/v1.0/healthz?appid=app"] {
        let answer = sidecar.get(path).await;
        assert_eq!((answer.status().as_u16(), answer.body().len()), (204, 0), "{path}");
    }
}

pub(crate) async fn whoever_asks_for_another_app_is_told_so(engine: &Engine) {
    let sidecar = engine.start(PUBSUB, &engine.content_app()).await;
    let answer = sidecar.get("/v1.0/healthz?appid=other").await;
    assert_eq!(answer.code(), (500, "ERR_HEALTH_APPID_NOT_MATCH".to_owned()));
}
