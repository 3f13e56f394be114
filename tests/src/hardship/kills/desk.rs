//! Where writers wait: for leave to write, and for their node to be there.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::http::Visitor;

/// Leave that a writer whose node is down can save up.
const LEAVE_MAX: usize = 6;

/// All desks.
#[derive(Debug)]
pub(super) struct Office {
    desks: Vec<Desk>,
}

/// One writer's.
#[derive(Debug)]
pub(super) struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    visitor: Option<Visitor>,
    leave: usize,
    written: usize,
    closed: bool,
}

/// Closes the office when it is dropped, also by a panic, so that no writer waits for ever.
pub(super) struct Closing<'a>(&'a Office);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.desks.iter().for_each(|it| it.change(|state| state.closed = true));
    }
}

impl Office {
    pub(super) fn new(visitors: impl Iterator<Item = Visitor>) -> Self {
        let desk = |visitor| Desk {
            state: Mutex::new(State { visitor: Some(visitor), leave: 0, written: 0, closed: false }),
            changed: Condvar::new(),
        };
        Self { desks: visitors.map(desk).collect() }
    }

    pub(super) fn desks(&self) -> &[Desk] {
        &self.desks
    }

    pub(super) fn close_at_the_end(&self) -> Closing<'_> {
        Closing(self)
    }

    /// Everybody may make so many edits more.
    pub(super) fn give_leave(&self, edits: usize) {
        let give = |state: &mut State| state.leave = (state.leave + edits).min(LEAVE_MAX);
        self.desks.iter().for_each(|it| it.change(give));
    }

    pub(super) fn leave_desk(&self, no: usize) {
        if let Some(desk) = self.desks.get(no) {
            desk.change(|state| state.visitor = None);
        }
    }

    pub(super) fn take_desk(&self, no: usize, visitor: Visitor) {
        if let Some(desk) = self.desks.get(no) {
            desk.change(|state| state.visitor = Some(visitor));
        }
    }

    /// Waits until all together have made so many edits more, for a while.
    pub(super) fn wait_for_edits(&self, edits: usize, at_most: Duration) {
        let end = Instant::now() + at_most;
        let written = || self.desks.iter().map(|it| it.lock().written).sum::<usize>();
        let aim = written() + edits;
        while written() < aim && Instant::now() < end {
            // One desk stands for all: whoever writes elsewhere is seen at the next look.
            self.pass(Duration::from_millis(2));
        }
    }

    /// Lets a moment pass.
    pub(super) fn pass(&self, moment: Duration) {
        let Some(desk) = self.desks.first() else { return };
        let end = Instant::now() + moment;
        let mut state = desk.lock();
        while let Some(rest) = end.checked_duration_since(Instant::now()).filter(|it| !it.is_zero()) {
            state = desk.changed.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Desk {
    /// Waits until this writer may write and its node is there; `None` when the office has closed.
    pub(super) fn wait_for_leave(&self) -> Option<Visitor> {
        let is_waiting = |it: &mut State| !it.closed && (it.leave == 0 || it.visitor.is_none());
        let state = self.changed.wait_while(self.lock(), is_waiting);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return None;
        }
        state.leave -= 1;
        state.visitor.clone()
    }

    pub(super) fn has_written(&self) {
        self.change(|state| state.written += 1);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}
