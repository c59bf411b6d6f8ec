//! Turns: how much of what came in is worked on at a time, and whose turn is next.
//!
//! A request that is read and not yet parsed takes its own bytes. From parsing to its answer it takes several times as many, and
//! all requests at once push one another out of the processor's caches. So a few commits' worth of them is worked on at a
//! time; the others wait, each organisation's in a queue of its own, and the queues are served one after another.
//!
//! Invariants: a request of any size gets a turn; an organisation's requests keep their order; however many requests an organisation
//! has waiting, another's first one waits for one of them at most before its queue is served.

use parking_lot::Mutex;
use salescope_domain::OrgId;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::oneshot;

/// The turns of all requests.
#[derive(Debug)]
pub(crate) struct Turns {
    state: Mutex<State>,
    under_way_bytes_max: usize,
    org_bytes_max: usize,
}

#[derive(Debug, Default)]
struct State {
    under_way_bytes: usize,
    queues: HashMap<OrgId, Queue>,
    /// The organisations that have a queue, in the order in which they are served.
    order: VecDeque<OrgId>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(usize, oneshot::Sender<Turn>)>,
    bytes: usize,
}

/// A turn: it lasts until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Arc<Turns>,
    /// 0 where nothing is to be given back.
    bytes: usize,
}

/// The organisation has as many bytes waiting as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueFull;

impl Turns {
    /// For so many bytes at a time, while an organisation has so many waiting at most.
    pub(crate) fn new(under_way_bytes_max: usize, org_bytes_max: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), under_way_bytes_max, org_bytes_max })
    }

    /// Waits for the turn of a request of so many bytes.
    pub(crate) async fn take(self: &Arc<Self>, org: &OrgId, bytes: usize) -> Result<Turn, QueueFull> {
        let bytes = bytes.max(1);
        let turn = {
            let mut state = self.state.lock();
            if state.order.is_empty() && self.has_room(&state, bytes) {
                state.under_way_bytes += bytes;
                return Ok(Turn { turns: self.clone(), bytes });
            }
            let State { queues, order, .. } = &mut *state;
            let queue = queues.entry(org.clone()).or_insert_with(|| {
                order.push_back(org.clone());
                Queue::default()
            });
            if queue.bytes > 0 && queue.bytes + bytes > self.org_bytes_max {
                return Err(QueueFull);
            }
            let (sender, turn) = oneshot::channel();
            queue.bytes += bytes;
            queue.waiting.push_back((bytes, sender));
            turn
        };
        Ok(turn.await.expect("a queue is served to its end"))
    }

    fn has_room(&self, state: &State, bytes: usize) -> bool {
        state.under_way_bytes == 0 || state.under_way_bytes + bytes <= self.under_way_bytes_max
    }

    fn give_back(self: &Arc<Self>, bytes: usize) {
        let mut state = self.state.lock();
        state.under_way_bytes -= bytes;
        while let Some((bytes, sender)) = state.next(|state, bytes| self.has_room(state, bytes)) {
            if let Err(mut turn) = sender.send(Turn { turns: self.clone(), bytes }) {
                // Its request is gone: nothing is to be given back.
                turn.bytes = 0;
            } else {
                state.under_way_bytes += bytes;
            }
        }
    }
}

impl State {
    /// Takes the next request, if it fits, and puts its organisation behind the others.
    fn next(&mut self, fits: impl Fn(&Self, usize) -> bool) -> Option<(usize, oneshot::Sender<Turn>)> {
        let bytes = self.queues.get(self.order.front()?)?.waiting.front()?.0;
        if !fits(self, bytes) {
            return None;
        }
        let org = self.order.pop_front()?;
        let queue = self.queues.get_mut(&org)?;
        let next = queue.waiting.pop_front();
        queue.bytes -= bytes;
        if queue.waiting.is_empty() {
            self.queues.remove(&org);
        } else {
            self.order.push_back(org);
        }
        next
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.turns.give_back(self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    type Waiting = Pin<Box<dyn Future<Output = Result<Turn, QueueFull>>>>;

    fn take(turns: &Arc<Turns>, org: &str, bytes: usize) -> Waiting {
        let (turns, org) = (turns.clone(), OrgId::new(org).unwrap());
        let mut waiting: Waiting = Box::pin(async move { turns.take(&org, bytes).await });
        // Whoever asks first stands first.
        match poll(&mut waiting) {
            Poll::Ready(turn) => Box::pin(std::future::ready(turn)),
            Poll::Pending => waiting,
        }
    }

    fn poll(waiting: &mut Waiting) -> Poll<Result<Turn, QueueFull>> {
        waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    fn turn(mut waiting: Waiting) -> Turn {
        match poll(&mut waiting) {
            Poll::Ready(turn) => turn.unwrap(),
            Poll::Pending => panic!("it is not its turn"),
        }
    }

    fn waits(waiting: &mut Waiting) -> bool {
        poll(waiting).is_pending()
    }

    #[test]
    fn the_first_request_of_another_organisation_waits_for_one_of_a_crowd_at_most() {
        let turns = Turns::new(10, 1_000);
        let under_way = turn(take(&turns, "crowd", 10));
        let mut crowd: Vec<Waiting> = (0..50).map(|_| take(&turns, "crowd", 10)).collect();
        let mut other = take(&turns, "other", 10);
        drop(under_way);
        let first = turn(crowd.remove(0));
        assert!(waits(&mut other) && waits(&mut crowd[0]));
        drop(first);
        assert!(waits(&mut crowd[0]));
        drop(turn(other));
        drop(turn(crowd.remove(0)));
    }

    #[test]
    fn a_request_that_is_larger_than_all_turns_goes_alone() {
        let turns = Turns::new(10, 1_000);
        let small = turn(take(&turns, "acme", 1));
        let mut large = take(&turns, "acme", 50);
        let mut later = take(&turns, "acme", 1);
        assert!(waits(&mut large) && waits(&mut later), "nobody overtakes");
        drop(small);
        let large = turn(large);
        assert!(waits(&mut later));
        drop(large);
        drop(turn(later));
    }

    #[test]
    fn an_organisation_has_so_many_bytes_waiting_and_no_more() {
        let turns = Turns::new(10, 100);
        let _under_way = turn(take(&turns, "acme", 10));
        let _one = take(&turns, "acme", 60);
        assert!(matches!(poll(&mut take(&turns, "acme", 60)), Poll::Ready(Err(QueueFull))));
        assert!(waits(&mut take(&turns, "acme", 40)));
        assert!(waits(&mut take(&turns, "other", 500)), "one of any size may wait");
    }

    proptest! {
        #[test]
        fn turns_end_and_nothing_is_lost_however_requests_come_and_go(
            steps in prop::collection::vec((0_u8..4, 0_usize..40, 0_u8..3, any::<prop::sample::Index>()), 1..200),
        ) {
            let turns = Turns::new(50, 200);
            let (mut waiting, mut under_way) = (Vec::<Waiting>::new(), Vec::<Turn>::new());
            for (org, bytes, step, at) in steps {
                match step {
                    0 => waiting.push(take(&turns, &format!("o{org}"), bytes)),
                    1 if !waiting.is_empty() => drop(waiting.swap_remove(at.index(waiting.len()))),
                    2 if !under_way.is_empty() => drop(under_way.swap_remove(at.index(under_way.len()))),
                    _ => {}
                }
                waiting.retain_mut(|one| match poll(one) {
                    Poll::Ready(turn) => {
                        under_way.extend(turn);
                        false
                    }
                    Poll::Pending => true,
                });
                let bytes: usize = under_way.iter().map(|turn| turn.bytes).sum();
                prop_assert_eq!(turns.state.lock().under_way_bytes, bytes);
                prop_assert!(bytes <= 50 || under_way.len() == 1);
                prop_assert!(waiting.is_empty() || !under_way.is_empty());
            }
            while let Some(one) = waiting.pop() {
                under_way.clear();
                drop(one);
            }
            under_way.clear();
            let state = turns.state.lock();
            prop_assert!(state.under_way_bytes == 0 && state.queues.is_empty() && state.order.is_empty());
        }
    }
}
