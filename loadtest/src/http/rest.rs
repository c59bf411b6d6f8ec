//! Questions to a server, one after another: what a recount asks.

use super::{Connection, HttpError, Target, write_get};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A connection that asks questions.
#[derive(Debug)]
pub(crate) struct Rest {
    target: Target,
    connection: Connection,
    request: Vec<u8>,
}

impl Rest {
    /// Asks this server.
    pub(crate) fn new(target: Target) -> Self {
        Self { connection: Connection::new(target.address), target, request: Vec::new() }
    }

    /// The status of a GET without a key, whatever it is.
    pub(crate) async fn status(&mut self, path: &str) -> Result<u16, HttpError> {
        write_get(&mut self.request, &self.target, path, None);
        Ok(self.connection.exchange(&self.request).await?.status)
    }

    /// The text of a GET without a key.
    pub(crate) async fn text(&mut self, path: &str) -> Result<String> {
        self.ask(path, None).await
    }

    /// The JSON of a GET.
    pub(crate) async fn json(&mut self, path: &str, key: &str) -> Result<Value> {
        let text = self.ask(path, Some(key)).await?;
        serde_json::from_str(&text).with_context(|| format!("GET {path} answers no JSON"))
    }

    async fn ask(&mut self, path: &str, key: Option<&str>) -> Result<String> {
        write_get(&mut self.request, &self.target, path, key);
        let response =
            self.connection.exchange(&self.request).await.with_context(|| format!("GET {path}"))?;
        let text = String::from_utf8_lossy(response.body).into_owned();
        ensure!(response.status == 200, "GET {path} answers {}: {text}", response.status);
        Ok(text)
    }
}
