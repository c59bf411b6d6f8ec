//! A client of the live protocol as docs/live.md describes it: it holds what it was told, and panics when it is told a step back or a
//! change of something that it does not have.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpStream;
use std::time::Duration;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, client};

/// Longer than anything takes that comes at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Epoch and tenant_seq.
pub(crate) type Position = (u64, u64);

/// What is held of a topic.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    pub(crate) position: Position,
    pub(crate) groups: Vec<Value>,
    pub(crate) frames: u64,
    pub(crate) deltas: u64,
    /// Positions of a feed's items, and gaps as (from, to).
    pub(crate) items: Vec<u64>,
    pub(crate) gaps: Vec<(u64, u64)>,
}

/// A connection, and what was told on it and the ones before.
pub(crate) struct Client {
    socket: WebSocket<TcpStream>,
    pub(crate) hello: Value,
    /// By the client's own ids.
    pub(crate) held: BTreeMap<String, Held>,
    ids: BTreeMap<String, String>,
    /// The last heartbeat.
    pub(crate) proven: Position,
}

/// How a connection ended: the close code, and the code of the closing message.
pub(crate) type End = (u16, String);

fn position(told: &Value) -> Position {
    (told["epoch"].as_u64().unwrap(), told["tenant_seq"].as_u64().unwrap())
}

/// A WebSocket without a word said on it.
pub(crate) fn socket(url: &str, key: Option<&str>) -> Result<WebSocket<TcpStream>, u16> {
    let mut request = url.replace("http://", "ws://").into_client_request().unwrap();
    *request.uri_mut() = format!("{}api/v1/live", request.uri()).parse().unwrap();
    if let Some(key) = key {
        request.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    }
    let stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    match client(request, stream) {
        Ok((socket, _)) => Ok(socket),
        Err(error) => match error {
            tokio_tungstenite::tungstenite::HandshakeError::Failure(Error::Http(answer)) => {
                Err(answer.status().as_u16())
            }
            other => panic!("{other}"),
        },
    }
}

/// Reads to the end of a connection.
pub(crate) fn end(socket: &mut WebSocket<TcpStream>) -> End {
    let mut code = String::new();
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => {
                let said: Value = serde_json::from_str(&text).unwrap();
                if said["type"] == "closing" {
                    code = said["code"].as_str().unwrap().to_owned();
                }
            }
            Ok(Message::Close(Some(frame))) => return (frame.code.into(), code),
            Ok(_) => {}
            Err(error) => panic!("the connection ended without a close: {error}"),
        }
    }
}

impl Client {
    pub(crate) fn connect(url: &str, key: &str) -> Self {
        let mut socket = socket(url, Some(key)).unwrap();
        let hello = read(&mut socket).unwrap();
        assert_eq!(hello["type"], "hello");
        Self { socket, hello, held: BTreeMap::new(), ids: BTreeMap::new(), proven: (0, 0) }
    }

    /// Comes back, keeping what was held, and subscribes to the same again.
    pub(crate) fn reconnect(&mut self, url: &str, key: &str, topics: &BTreeMap<String, Value>) {
        let held = std::mem::take(&mut self.held);
        *self = Self { held, ..Self::connect(url, key) };
        for (id, topic) in topics {
            self.subscribe(id, topic);
        }
    }

    pub(crate) fn say(&mut self, said: &Value) {
        self.socket.send(Message::text(said.to_string())).unwrap();
    }

    /// Subscribes, from where it was.
    pub(crate) fn subscribe(&mut self, id: &str, topic: &Value) {
        let mut said = json!({ "type": "subscribe", "id": id, "topic": topic });
        if let Some(held) = self.held.get(id) {
            let (epoch, tenant_seq) = held.position;
            said["resume"] = json!({ "epoch": epoch, "tenant_seq": tenant_seq });
        }
        self.say(&said);
    }

    pub(crate) fn socket(&mut self) -> &mut WebSocket<TcpStream> {
        &mut self.socket
    }

    /// Takes the next message in; gives it.
    pub(crate) fn next(&mut self) -> Option<Value> {
        let said = read(&mut self.socket)?;
        self.take(&said);
        Some(said)
    }

    /// Reads on until `done`.
    pub(crate) fn until(&mut self, mut done: impl FnMut(&Self, &Value) -> bool) -> Value {
        loop {
            let said = self.next().expect("the connection ended too early");
            if done(self, &said) {
                return said;
            }
        }
    }

    fn take(&mut self, said: &Value) {
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        match said["type"].as_str().unwrap() {
            "subscribed" => {
                self.held.entry(text("id")).or_default();
                self.ids.insert(text("topic"), text("id"));
            }
            "heartbeat" => self.proven = position(said),
            "value" | "delta" | "deals" | "gap" => {
                let id = self.ids.get(&text("topic")).expect("a topic was named before its frames");
                let held = self.held.get_mut(id).unwrap();
                held.take(said);
            }
            _ => {}
        }
    }
}

impl Held {
    fn take(&mut self, said: &Value) {
        self.frames += 1;
        if said["type"] == "gap" {
            let (from, to) = (said["from_seq"].as_u64().unwrap(), said["to_seq"].as_u64().unwrap());
            assert!(from < to);
            return self.gaps.push((from, to));
        }
        let at = position(said);
        assert!(at >= self.position, "{:?} and then {at:?}", self.position);
        match said["type"].as_str().unwrap() {
            "value" => self.groups = said["groups"].as_array().unwrap().clone(),
            "delta" => {
                self.deltas += 1;
                assert_eq!(
                    self.position,
                    (at.0, said["since"].as_u64().unwrap()),
                    "a delta of what is not held"
                );
                let gone = said["gone"].as_array().unwrap();
                self.groups.retain(|group| !gone.contains(&group["key"]));
                for changed in said["groups"].as_array().unwrap() {
                    self.groups.retain(|group| group["key"] != changed["key"]);
                    self.groups.push(changed.clone());
                }
                self.groups.sort_by_key(|group| group["key"].to_string());
            }
            _ => {
                for item in said["items"].as_array().unwrap() {
                    let seq = item["tenant_seq"].as_u64().unwrap();
                    assert!(self.items.last().is_none_or(|last| *last < seq), "an item came twice or late");
                    self.items.push(seq);
                }
            }
        }
        self.position = at;
    }
}

/// The next message; nothing where the connection is gone.
fn read(socket: &mut WebSocket<TcpStream>) -> Option<Value> {
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
            Ok(Message::Close(_)) => return None,
            Ok(_) => {}
            Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                panic!("nothing came for {PATIENCE:?}")
            }
            Err(_) => return None,
        }
    }
}
