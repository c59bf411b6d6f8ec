//! Where requests go: the base URL of a server, `http://HOST:PORT`.

use anyhow::{Context, Result, ensure};
use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;

/// A server's address. Plain HTTP on this machine only: a load generator is no thing to point elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// What connections go to.
    pub(crate) address: SocketAddr,
    /// What the `Host` header says.
    pub(crate) host: String,
}

impl FromStr for Target {
    type Err = anyhow::Error;

    fn from_str(url: &str) -> Result<Self> {
        let host = url.strip_prefix("http://").context("the URL begins with http://")?;
        let host = host.strip_suffix('/').unwrap_or(host);
        ensure!(!host.contains('/'), "the URL has no path: http://HOST:PORT");
        let address = host
            .to_socket_addrs()
            .with_context(|| format!("{host} is not HOST:PORT"))?
            .find(|address| address.ip().is_loopback())
            .with_context(|| format!("{host} is not on this machine (a loopback address)"))?;
        Ok(Self { address, host: host.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_on_this_machine_are_driven() {
        let target: Target = "http://127.0.0.1:8080/".parse().unwrap();
        assert_eq!((target.address.port(), target.host.as_str()), (8080, "127.0.0.1:8080"));
        for url in
            ["https://127.0.0.1:1", "http://192.0.2.1:80", "http://127.0.0.1", "http://127.0.0.1:1/api"]
        {
            assert!(url.parse::<Target>().is_err(), "{url}");
        }
    }
}
