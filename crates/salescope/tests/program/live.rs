//! The live protocol through a real socket: what a client holds is what a question at its position answers, whatever is dropped,
//! killed or sent in between.

use crate::http::Api;
use crate::live_client::{Client, Held, end, socket};
use crate::run::{Fixture, Server};
use rustix::process::Signal;
use salescope_testkit::Rng;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use tokio_tungstenite::tungstenite::Message;

/// Four quarters and some.
const YEAR: (&str, &str) = ("2026-01-01", "2027-01-01");

struct Served {
    fixture: Fixture,
    /// Nothing while it is being replaced.
    server: Option<Server>,
    key: String,
}

impl Served {
    fn new(more: &[&str]) -> Self {
        let fixture = Fixture::new();
        let server = Some(fixture.up_with(more));
        fixture.ok(&["admin", "create-org", "Demo"]);
        let key = fixture.ok(&["admin", "create-key", "--org", "demo"]).trim().to_owned();
        Self { fixture, server, key }
    }

    fn api(&self) -> Api {
        Api::new(self.url(), &self.key)
    }

    fn client(&self) -> Client {
        Client::connect(self.url(), &self.key)
    }

    fn url(&self) -> &str {
        self.server.as_ref().unwrap().url()
    }

    /// Kills the server and starts another one on the same data.
    fn kill_with(&mut self, more: &[&str]) {
        self.server.take().unwrap().end_with(Signal::KILL);
        self.server = Some(self.fixture.up_with(more));
    }

    /// The position that the answer to these events tells.
    fn send(&self, events: &[Value]) -> u64 {
        let reply = self.api().events(json!(events).to_string());
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.body["rejected"], 0, "{reply:?}");
        reply.body["tenant_seq"].as_u64().unwrap()
    }

    /// What REST answers to the same question.
    fn groups(&self, kpi: &str, group_by: &str) -> Value {
        let (from, to) = YEAR;
        let reply = self.api().get(&format!("/api/v1/kpis/{kpi}?from={from}&to={to}&group_by={group_by}"));
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body["groups"].clone()
    }
}

fn kpi(kpi: &str, group_by: &[&str]) -> Value {
    let (from, to) = YEAR;
    json!({ "kind": "kpi", "kpi": kpi, "window": { "from": from, "to": to }, "group_by": group_by })
}

/// A change of one of a few deals.
fn change(rng: &mut Rng, number: u64) -> Value {
    let kinds = ["deal_created", "deal_updated", "deal_closed_won", "deal_closed_lost", "deal_reopened"];
    let kind = kinds[rng.index(kinds.len())];
    json!({
        "event_type": kind, "event_id": format!("e{number}"), "timestamp": "2026-03-02T09:00:00Z",
        "deal_id": format!("d{}", rng.below(9)), "user_id": format!("u{}", rng.below(4)), "version": number + 1,
        "amount": rng.below(1000), "currency": "USD",
    })
}

#[test]
fn a_change_is_told_at_once_and_is_what_a_question_answers() {
    let served = Served::new(&[]);
    let mut client = served.client();
    assert_eq!((&client.hello["org"], &client.hello["protocol"]), (&json!("demo"), &json!(1)));
    client.subscribe("all", &kpi("bookings", &[]));
    client.subscribe("by owner", &kpi("bookings", &["owner"]));
    client.subscribe("deals", &json!({ "kind": "deals" }));
    client.until(|client, _| client.held.values().filter(|held| held.frames > 0).count() == 2);
    let mut rng = Rng::new(7);
    for number in 0..60 {
        let seq = served.send(&[change(&mut rng, number)]);
        client.until(|client, _| client.held["deals"].position.1 >= seq);
    }
    let won = json!({ "event_type": "deal_closed_won", "timestamp": "2026-03-03T09:00:00Z", "deal_id": "last", "user_id": "u1",
        "amount": "123.45", "currency": "USD", "version": 1 });
    let seq = served.send(&[won]);
    client
        .until(|client, _| ["all", "by owner", "deals"].iter().all(|id| client.held[*id].position.1 >= seq));
    assert_eq!(json!(client.held["all"].groups), served.groups("bookings", ""));
    assert_eq!(json!(client.held["by owner"].groups), served.groups("bookings", "owner"));
    assert!(client.held["by owner"].deltas > 0, "one owner of four changed, and the whole was sent");
    let Held { items, gaps, .. } = &client.held["deals"];
    assert_eq!((items.last(), gaps.len()), (Some(&seq), 0));
    client.say(&json!({ "type": "ping", "nonce": "n" }));
    let pong = client.until(|_, said| said["type"] == "pong");
    assert_eq!((&pong["nonce"], &pong["tenant_seq"]), (&json!("n"), &json!(seq)));
    client.say(&json!({ "type": "unsubscribe", "id": "all" }));
    client.until(|_, said| said["type"] == "unsubscribed");
}

/// Whether everything that a client holds is what questions answer, once nothing is under way.
fn check_all(served: &Served, client: &mut Client, seq: u64) {
    // A value that did not change makes no frame: the heartbeat says that it still holds.
    client.until(|client, _| client.proven.1 >= seq && client.held["deals"].position.1 >= seq);
    for (id, name, group_by) in
        [("bookings", "bookings", ""), ("owners", "bookings", "owner"), ("rate", "win_rate", "owner")]
    {
        assert_eq!(json!(client.held[id].groups), served.groups(name, group_by), "{id}");
    }
}

#[test]
fn through_drops_and_kills_a_client_holds_what_the_server_answers_and_misses_no_change_unannounced() {
    let quick = ["--set", "gateway.live.heartbeat_ms=100"];
    for seed in 1..=3 {
        let mut rng = Rng::new(seed);
        let mut served = Served::new(&quick);
        let topics: BTreeMap<String, Value> = [
            ("bookings", kpi("bookings", &[])),
            ("owners", kpi("bookings", &["owner"])),
            ("rate", kpi("win_rate", &["owner"])),
            ("deals", json!({ "kind": "deals" })),
        ]
        .map(|(id, topic)| (id.to_owned(), topic))
        .into();
        let mut client = served.client();
        topics.iter().for_each(|(id, topic)| client.subscribe(id, topic));
        client.until(|client, _| client.held.len() == topics.len());
        let (mut seq, mut sent) = (0, Vec::new());
        for round in 0..12 {
            for _ in 0..rng.below(6) {
                let changes: Vec<Value> = (0..=rng.below(4))
                    .map(|at| change(&mut rng, round * 1000 + sent.len() as u64 * 10 + at))
                    .collect();
                let before = seq;
                seq = served.send(&changes);
                sent.push((before, seq));
            }
            match rng.below(4) {
                0 => served.kill_with(&quick),
                1 => {}
                // Some frames are read, some are lost with the connection.
                _ => {
                    for _ in 0..rng.below(5) {
                        client.next();
                    }
                    if rng.below(2) == 0 {
                        continue;
                    }
                }
            }
            client.reconnect(served.url(), &served.key, &topics);
        }
        check_all(&served, &mut client, seq);
        // Every change of a deal is an item, or lies in a gap that was told.
        let Held { items, gaps, .. } = &client.held["deals"];
        let entries = served.fixture.entries();
        assert!(gaps.is_empty(), "{gaps:?}");
        let first = items.first().copied().unwrap();
        let missed: Vec<u64> = (first..=entries).filter(|seq| !items.contains(seq)).collect();
        assert_eq!(missed, Vec::<u64>::new(), "every entry from the first item on is of a deal");
    }
}

#[test]
fn a_client_who_was_away_for_long_is_told_the_gap() {
    let served = Served::new(&["--set", "gateway.live.feed_replay_max=10"]);
    let mut client = served.client();
    client.subscribe("deals", &json!({ "kind": "deals" }));
    client.until(|_, said| said["type"] == "subscribed");
    let mut rng = Rng::new(1);
    let seq = served.send(&[change(&mut rng, 0)]);
    client.until(|client, _| client.held["deals"].position.1 >= seq);
    drop(std::mem::replace(&mut client, served.client()));
    let changes: Vec<Value> = (1..=50).map(|number| change(&mut rng, number)).collect();
    let end = served.send(&changes);
    client.held.insert("deals".to_owned(), Held { position: (1, seq), ..Held::default() });
    client.subscribe("deals", &json!({ "kind": "deals" }));
    client.until(|client, _| client.held["deals"].position.1 >= end);
    let Held { items, gaps, .. } = &client.held["deals"];
    assert_eq!(gaps, &[(seq, end - 10)]);
    assert_eq!(items, &(end - 9..=end).collect::<Vec<_>>());
}

#[test]
fn whoever_is_nobody_or_speaks_another_language_is_told_so_and_let_go() {
    let served = Served::new(&[
        "--set",
        "gateway.live.auth_ms_max=300",
        "--set",
        "gateway.live.message_bytes_max=1000",
    ]);
    let url = served.url();
    assert_eq!(socket(url, Some("wrong")).err(), Some(401));
    // Pinging is no introduction, and puts nothing off.
    let mut nobody = socket(url, None).unwrap();
    nobody.send(Message::Ping(Vec::new().into())).unwrap();
    assert_eq!(end(&mut nobody), (1008, "unauthenticated".to_owned()));
    let after = |message: Message| {
        let mut socket = socket(url, Some(&served.key)).unwrap();
        socket.send(message).unwrap();
        end(&mut socket)
    };
    assert_eq!(after(Message::text("{")), (4400, "malformed_message".to_owned()));
    assert_eq!(after(Message::text(r#"{"type":"shout"}"#)), (4400, "malformed_message".to_owned()));
    assert_eq!(after(Message::binary(vec![1, 2])), (1003, "binary".to_owned()));
    assert_eq!(after(Message::text("x".repeat(2000))), (1009, "message_too_big".to_owned()));
    // A frame of text that is no UTF-8, masked with zeros.
    let mut raw = socket(url, Some(&served.key)).unwrap();
    raw.get_mut().write_all(&[0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]).unwrap();
    assert_eq!(end(&mut raw), (1007, "invalid_utf8".to_owned()));
    let mut late = socket(url, None).unwrap();
    late.send(Message::text(json!({ "type": "auth", "token": served.key }).to_string())).unwrap();
    let Message::Text(hello) = late.read().unwrap() else { panic!("no text") };
    assert!(hello.contains("\"hello\""));
}

/// Reads lines of server-sent events until one holds the text.
fn lines_until(stream: &mut impl BufRead, text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        assert!(stream.read_line(&mut line).unwrap() > 0, "the stream ended: {lines:?}");
        let is_it = line.contains(text);
        lines.push(line.trim().to_owned());
        if is_it {
            return lines;
        }
    }
}

#[test]
fn the_same_comes_as_server_sent_events() {
    let served = Served::new(&["--set", "gateway.live.heartbeat_ms=100"]);
    let api = served.api();
    let wrong = api.get("/api/v1/live/events?topic=%7B%7D");
    assert_eq!(wrong.told(), (400, "invalid_parameter"));
    let open = |headers: &[(&str, &str)]| {
        let path = "/api/v1/live/events?topic=%7B%22kind%22:%22kpi%22,%22kpi%22:%22bookings%22%7D&topic=%7B%22kind%22:%22deals%22%7D";
        let mut stream = api.connect();
        stream.write_all(api.head("GET", path, headers).as_bytes()).unwrap();
        BufReader::new(stream)
    };
    let mut stream = open(&[]);
    let head = lines_until(&mut stream, "\"value\"");
    assert!(
        head[0].contains("200") && head.iter().any(|line| line.contains("text/event-stream")),
        "{head:?}"
    );
    let mut rng = Rng::new(1);
    let seq = served.send(&[change(&mut rng, 0)]);
    let told = lines_until(&mut stream, "\"items\"");
    assert!(told.last().unwrap().contains(&format!("\"tenant_seq\":{seq}")), "{told:?}");
    lines_until(&mut stream, &format!("\"heartbeat\",\"epoch\":1,\"tenant_seq\":{seq}"));
    drop(stream);
    // Coming back, the feed goes on behind what was told.
    let end = served.send(&[change(&mut rng, 1), change(&mut rng, 2)]);
    let mut stream = open(&[("last-event-id", &format!("1.{seq}"))]);
    let told = lines_until(&mut stream, "\"items\"");
    let items = told.last().unwrap();
    assert!(items.contains(&format!("\"tenant_seq\":{end}")) && !items.contains("\"e0\""), "{items}");
    assert_eq!(items.matches("deal_id").count(), 2, "{items}");
}

#[test]
fn what_cannot_be_subscribed_is_told_and_the_rest_goes_on() {
    let served = Served::new(&["--set", "gateway.live.subscriptions_max=2"]);
    let mut client = served.client();
    let told = |client: &mut Client, id: &str, topic: Value| {
        client.subscribe(id, &topic);
        let said = client.until(|_, said| ["error", "subscribed"].contains(&said["type"].as_str().unwrap()));
        said["code"].as_str().unwrap_or("subscribed").to_owned()
    };
    assert_eq!(told(&mut client, "a", kpi("no_such_kpi", &[])), "unknown_kpi");
    assert_eq!(told(&mut client, "a", kpi("bookings", &["owner", "team", "region"])), "invalid_group_by");
    assert_eq!(told(&mut client, "", kpi("bookings", &[])), "invalid_subscription");
    assert_eq!(told(&mut client, "a", kpi("bookings", &[])), "subscribed");
    assert_eq!(told(&mut client, "a", kpi("win_rate", &[])), "invalid_subscription");
    assert_eq!(told(&mut client, "b", kpi("bookings", &[])), "invalid_subscription");
    assert_eq!(told(&mut client, "b", kpi("win_rate", &[])), "subscribed");
    assert_eq!(told(&mut client, "c", kpi("pipeline_created", &[])), "too_many");
}

#[test]
fn a_key_is_replaced_without_a_break_and_one_that_is_revoked_ends_its_connection() {
    let served = Served::new(&["--set", "gateway.key_ms_max=1"]);
    let made = served.fixture.json(&["admin", "create-key", "--org", "demo"]);
    let auth = |key: &Value| json!({ "type": "auth", "token": key });
    let mut client = served.client();
    client.say(&auth(&made["key"]));
    client.until(|_, said| said["type"] == "authenticated");
    served.fixture.ok(&["admin", "create-org", "Other"]);
    let others = served.fixture.json(&["admin", "create-key", "--org", "other"]);
    let mut stray = served.client();
    stray.say(&auth(&others["key"]));
    assert_eq!(end(stray.socket()), (1008, "other_organisation".to_owned()));
    served.fixture.ok(&["admin", "revoke-key", "--org", "demo", "2"]);
    assert_eq!(end(client.socket()), (1008, "unauthenticated".to_owned()));
}

#[test]
fn a_client_who_does_not_read_is_let_go() {
    let served = Served::new(&["--set", "gateway.live.write_ms_max=100"]);
    let mut client = served.client();
    let ping = json!({ "type": "ping", "nonce": "x".repeat(60_000) });
    // More answers than the system's buffers between the two hold: 15 MB.
    for _ in 0..240 {
        if client.socket().send(Message::text(ping.to_string())).is_err() {
            break;
        }
    }
    let api = served.api();
    let metrics = || {
        let mut stream = api.connect();
        stream.write_all(api.head("GET", "/metrics", &[]).as_bytes()).unwrap();
        std::io::read_to_string(stream).unwrap()
    };
    while !metrics().lines().any(|line| line == "salescope_live_connections 0") {
        std::thread::yield_now();
    }
}

#[test]
fn connections_are_counted_and_a_server_that_stops_says_so() {
    let mut served = Served::new(&["--set", "gateway.live.connections_per_key_max=2"]);
    let (mut one, two) = (served.client(), served.client());
    assert_eq!(socket(served.url(), Some(&served.key)).err(), Some(429));
    // Whoever says it later is told later.
    let mut late = socket(served.url(), None).unwrap();
    late.send(Message::text(json!({ "type": "auth", "token": served.key }).to_string())).unwrap();
    assert_eq!(end(&mut late), (4429, "too_many_connections".to_owned()));
    drop(two);
    let mut again = loop {
        if let Ok(socket) = socket(served.url(), Some(&served.key)) {
            break socket;
        }
    };
    let server = served.server.take().unwrap();
    let ended = std::thread::spawn(move || server.end_with(Signal::TERM));
    assert_eq!(end(one.socket()), (1012, "restart".to_owned()));
    assert_eq!(end(&mut again), (1012, "restart".to_owned()));
    assert!(ended.join().unwrap().success());
}
