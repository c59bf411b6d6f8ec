//! Connections: what they may hold, how long, and how they end.

use crate::common::Server;
use crate::common::engine::KEY;
use salescope_gateway::GatewayLimits;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer than any wait that a test is about.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything until the server closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read =
        tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server closes");
    // A reset after the answer is a close as well.
    let _ = read;
    String::from_utf8(bytes).unwrap()
}

/// One answer with a known length, of a connection that stays open.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            if body.len() >= length.map_or(0, |length| length.trim().parse::<usize>().unwrap()) {
                return text;
            }
        }
        let mut part = [0; 4096];
        let count = tokio::time::timeout(PATIENCE, stream.read(&mut part)).await.unwrap().unwrap();
        assert!(count > 0, "the connection ended after {text:?}");
        bytes.extend_from_slice(&part[..count]);
    }
}

fn post(body: &str) -> String {
    format!(
        "POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

const EVENT: &str = r#"{"event_type":"x","timestamp":"2026-11-20T09:00:00Z"}"#;

#[tokio::test]
async fn a_connection_answers_request_after_request() {
    let server = Server::start(GatewayLimits::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    for expected in [r#""accepted":1"#, r#""duplicates":1"#] {
        stream.write_all(post(EVENT).as_bytes()).await.unwrap();
        let text = answer(&mut stream).await;
        assert!(text.starts_with("HTTP/1.1 200 OK") && text.contains(expected), "{text}");
    }
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn connections_that_send_nothing_or_stay_idle_are_closed() {
    let limits = GatewayLimits { header_ms_max: 200, ..GatewayLimits::default() };
    let server = Server::start(limits).await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(b"POST /api/v1/ev").await.unwrap();
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(post(EVENT).as_bytes()).await.unwrap();
    assert!(answer(&mut idle).await.contains("accepted"));
    rest(&mut silent).await;
    rest(&mut slow).await;
    assert_eq!(rest(&mut idle).await, "");
    server.stop().await;
}

#[tokio::test]
async fn beyond_the_most_connections_one_is_told_so_and_room_comes_back() {
    let limits = GatewayLimits { connections_max: 2, header_ms_max: 500, ..GatewayLimits::default() };
    let server = Server::start(limits).await;
    let mut first = TcpStream::connect(server.address).await.unwrap();
    let mut second = TcpStream::connect(server.address).await.unwrap();
    for stream in [&mut first, &mut second] {
        stream.write_all(post(EVENT).as_bytes()).await.unwrap();
        answer(stream).await;
    }
    let mut third = TcpStream::connect(server.address).await.unwrap();
    let text = rest(&mut third).await;
    assert!(text.starts_with("HTTP/1.1 503") && text.contains("retry-after: 1"), "{text}");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head} {}", body.len());
    serde_json::from_str::<serde_json::Value>(body).unwrap();
    rest(&mut first).await;
    rest(&mut second).await;
    let mut fourth = TcpStream::connect(server.address).await.unwrap();
    fourth.write_all(post(EVENT).as_bytes()).await.unwrap();
    assert!(answer(&mut fourth).await.starts_with("HTTP/1.1 200"));
    drop(fourth);
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_given_up() {
    let limits = GatewayLimits { body_grace_ms: 200, drain_ms_max: 50, ..GatewayLimits::default() };
    let server = Server::start(limits).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = post(EVENT);
    stream.write_all(&request.as_bytes()[..request.len() - 5]).await.unwrap();
    let text = rest(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 408") && text.contains("slow_body"), "{text}");
    assert!(server.engine.0.lock().entries.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_sender_of_a_hundred_megabytes_reads_why_it_is_refused() {
    let server = Server::start(GatewayLimits::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\ncontent-length: {}\r\n\r\n",
        100 << 20
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let part = vec![b' '; 1 << 20];
    for _ in 0..100 {
        stream.write_all(&part).await.unwrap();
    }
    let text = answer(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 413") && text.contains("body_too_large"), "{text}");
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn heads_that_are_no_heads_are_refused() {
    let server = Server::start(GatewayLimits::default()).await;
    let many = format!("GET /livez HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(100));
    let long = format!("GET /livez HTTP/1.1\r\na: {}\r\n\r\n", "b".repeat(20_000));
    for (head, status) in [(many, "431"), (long, "431"), ("nonsense\r\n\r\n".to_owned(), "400")] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let text = rest(&mut stream).await;
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status}")),
            "{text:?} for {}",
            &head[..40.min(head.len())]
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_request_under_way_is_answered_when_the_server_stops() {
    let server = Server::start(GatewayLimits::default()).await;
    let address = server.address;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = post(EVENT);
    let (first, second) = request.as_bytes().split_at(request.len() - 5);
    stream.write_all(first).await.unwrap();
    while server.engine.0.lock().key_lookups == 0 {
        tokio::task::yield_now().await;
    }
    let engine = server.engine.clone();
    let stopping = tokio::spawn(server.stop());
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(second).await.unwrap();
    let text = rest(&mut stream).await;
    assert!(text.contains(r#""accepted":1"#), "{text}");
    stopping.await.unwrap();
    assert_eq!(engine.0.lock().entries.len(), 1);
}
