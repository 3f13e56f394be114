//! The least speed of a peer: who is slower than any line holds memory and a place here for nothing.
//!
//! A peer may be silent for as long as it likes while nothing is under way. A frame that has begun must go on, and what
//! is queued for a peer must be taken.

use std::time::Duration;

use tokio::time::Instant;

use super::frames::{FrameReader, FrameWriter};

/// How long a peer is watched at a time: longer than [`IDLE_TIMEOUT`](super::quic::IDLE_TIMEOUT), so that a line that
/// is merely away is not taken for a slow peer.
pub(super) const WINDOW: Duration = Duration::from_secs(180);

/// What has to pass in that time: a hundredth of what 9.6 kbit/s carry.
pub(super) const WINDOW_BYTES_MIN: u64 = 2 * 1024;

/// Watches one connection.
#[derive(Debug)]
pub(super) struct Pace {
    since: Instant,
    coming: Coming,
    going: Going,
}

/// How a frame under way stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Coming {
    /// Frames that have arrived as a whole.
    pub(super) frames: u64,
    /// Bytes of the next one that are here.
    pub(super) begun: u64,
}

/// How the queue stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Going {
    /// Bytes that the line has taken.
    pub(super) taken: u64,
    /// Bytes that wait.
    pub(super) waiting: u64,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, coming: Coming::default(), going: Going::default() }
    }

    /// When to look again.
    pub(super) fn until(&self) -> Instant {
        self.since + WINDOW
    }

    /// Whether the peer was fast enough since the last look.
    pub(super) fn look<R, W>(
        &mut self,
        now: Instant,
        reader: &FrameReader<R>,
        writer: &FrameWriter<W>,
    ) -> bool {
        let (coming, going) = (reader.coming(), writer.going());
        let kept = comes(self.coming, coming) && goes(self.going, going);
        *self = Self { since: now, coming, going };
        kept
    }
}

/// A frame that had begun is here as a whole, or much of it has come.
fn comes(before: Coming, now: Coming) -> bool {
    before.begun == 0 || now.frames > before.frames || now.begun >= before.begun + WINDOW_BYTES_MIN
}

/// What waited has been taken, or much of it.
fn goes(before: Going, now: Going) -> bool {
    now.taken - before.taken >= before.waiting.min(WINDOW_BYTES_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_has_begun_must_go_on_and_silence_between_frames_is_free() {
        let at = |frames, begun| Coming { frames, begun };
        assert!(comes(at(3, 0), at(3, 0)), "silent");
        assert!(comes(at(3, 0), at(3, 1)), "just begun");
        assert!(!comes(at(3, 1), at(3, 1)), "begun and left");
        assert!(!comes(at(3, 1), at(3, WINDOW_BYTES_MIN)), "a byte now and then");
        assert!(comes(at(3, 1), at(3, 1 + WINDOW_BYTES_MIN)), "slow");
        assert!(comes(at(3, 900), at(4, 1)), "the next one");
    }

    #[test]
    fn what_is_queued_must_be_taken() {
        let at = |taken, waiting| Going { taken, waiting };
        assert!(goes(at(50, 0), at(50, 70)), "nothing waited");
        assert!(goes(at(50, 70), at(120, 70)), "taken, and more has come");
        assert!(!goes(at(50, 70), at(119, 1)), "not taken");
        assert!(goes(at(0, 1 << 20), at(WINDOW_BYTES_MIN, 1 << 20)), "slow");
        assert!(!goes(at(0, 1 << 20), at(WINDOW_BYTES_MIN - 1, 1 << 20)), "too slow");
    }
}
