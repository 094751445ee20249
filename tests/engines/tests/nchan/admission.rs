//! Who may listen on a channel.

use test_support::Call;

use crate::device::{open, ticket};
use crate::hub::Hub;

#[test]
fn an_operator_can_hang_up_on_a_user_s_devices() {
    let (app, hub) = Hub::with_app();
    let client = app.client().sign_up("gone@example.org");
    let mut socket = open(&hub.channel(&client), &ticket(&client)).expect("a channel");
    let channel = format!("/publish/{}", client.user_id());
    hub.publishers().call(Call::new("DELETE", &channel)).expect(200);
    let end = socket.read();
    assert!(matches!(end, Err(_) | Ok(tungstenite::Message::Close(_))), "{end:?}");
    app.stop();
}

#[test]
fn only_a_ticket_of_its_own_user_opens_a_channel() {
    let (app, hub) = Hub::with_app();
    let ada = app.client().sign_up("ada@example.org");
    let eve = app.client().sign_up("eve@example.org");
    let channel = hub.channel(&ada);
    assert!(open(&channel, &ticket(&ada)).is_ok());
    assert_eq!(open(&channel, &ticket(&eve)).err(), Some(403));
    // An access token is no ticket: it would stand in the address for a day.
    assert_eq!(open(&channel, ada.token()).err(), Some(401));
    assert_eq!(open(&channel, "nonsense").err(), Some(401));
    assert!(open(&channel, "").is_err());
    app.stop();
}

#[test]
fn while_the_app_is_away_nobody_is_let_in() {
    let (mut app, hub) = Hub::with_app();
    let client = app.client().sign_up("away@example.org");
    let ticket = ticket(&client);
    app.kill();
    assert_eq!(open(&hub.channel(&client), &ticket).err(), Some(502));
    let app = app.restart();
    client.call(Call::get("/readyz")).expect(200);
    app.stop();
}
