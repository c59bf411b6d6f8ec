//! Calls to an engine that may have no room just now: a command waits as it is told and asks again, a bounded number of times.

use anyhow::Result;
use salescope_engine_api::{EngineError, EngineResult};
use std::time::Duration;

/// How often a call is made before the refusal is passed on: half a minute where the engine asks for a quarter of a second.
const TRIES_MAX: u32 = 120;

/// Longest wait between two tries, in milliseconds, whatever the engine asks for.
const WAIT_MS_MAX: u64 = 5_000;

/// The answer of `call`, made again while the engine says that it has no room. Only for calls that may be repeated: a refusal
/// means that nothing was done.
pub(crate) async fn patiently<T>(mut call: impl AsyncFnMut() -> EngineResult<T>) -> Result<T> {
    for _ in 1..TRIES_MAX {
        match call().await {
            Err(
                EngineError::Overloaded { retry_after_ms, .. } | EngineError::TooBusy { retry_after_ms, .. },
            ) => {
                tokio::time::sleep(Duration::from_millis(retry_after_ms.min(WAIT_MS_MAX))).await;
            }
            answer => return Ok(answer?),
        }
    }
    Ok(call().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal() -> EngineError {
        EngineError::TooBusy { waiting: 1, retry_after_ms: 250 }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_call_is_made_again_until_it_is_answered() {
        let mut left = 3;
        let answer = patiently(async || {
            left -= 1;
            if left > 0 { Err(refusal()) } else { Ok(left) }
        });
        assert_eq!(answer.await.unwrap(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_that_does_not_end_is_passed_on_and_other_errors_are_at_once() {
        let mut calls = 0;
        let refused = patiently(async || {
            calls += 1;
            Err::<(), _>(refusal())
        });
        assert!(refused.await.unwrap_err().downcast_ref::<EngineError>().is_some());
        assert_eq!(calls, TRIES_MAX);
        let mut calls = 0;
        let failed = patiently(async || {
            calls += 1;
            Err::<(), _>(EngineError::InvalidCursor)
        });
        assert!(failed.await.is_err());
        assert_eq!(calls, 1);
    }
}
