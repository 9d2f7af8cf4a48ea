//! The frames of late, for pages that go on from where they were.

use std::{collections::VecDeque, sync::Arc};

use super::frame::Frame;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    pub(super) frames: usize,
    pub(super) bytes: usize,
}

/// Everything that happened after `begin` and up to `end`, positions of the
/// stream of events.
#[derive(Debug)]
pub(super) struct Ring {
    begin: u64,
    end: u64,
    frames: VecDeque<Arc<Frame>>,
    bytes: usize,
    most: Kept,
}

impl Ring {
    /// Nothing is known before `position`.
    pub(super) const fn new(position: u64, most: Kept) -> Self {
        Self {
            begin: position,
            end: position,
            frames: VecDeque::new(),
            bytes: 0,
            most,
        }
    }

    /// Forgets everything.
    pub(super) fn restart(&mut self, position: u64) {
        *self = Self::new(position, self.most);
    }

    /// How far it is.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// Up to `position` nothing of interest happened.
    pub(super) const fn advance(&mut self, position: u64) {
        self.end = position;
    }

    /// Adds what happened next, and forgets the oldest for it.
    pub(super) fn push(&mut self, frame: Arc<Frame>) {
        self.end = frame.position;
        self.bytes += frame.size();
        self.frames.push_back(frame);
        while self.frames.len() > self.most.frames || self.bytes > self.most.bytes {
            let Some(oldest) = self.frames.pop_front() else {
                break;
            };
            self.bytes -= oldest.size();
            self.begin = oldest.position;
        }
    }

    /// What happened after `position`; none if that is not known, because it is
    /// too long ago or of another stream.
    pub(super) fn since(&self, position: u64) -> Option<impl Iterator<Item = &Arc<Frame>>> {
        if position < self.begin || position > self.end {
            return None;
        }
        let from = self
            .frames
            .partition_point(|frame| frame.position <= position);
        Some(self.frames.range(from..))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::frame::tests::numbered, *};

    const MOST: Kept = Kept {
        frames: 4,
        // A frame has its text in two languages.
        bytes: 20_000,
    };

    fn positions(ring: &Ring, after: u64) -> Option<Vec<u64>> {
        Some(ring.since(after)?.map(|frame| frame.position).collect())
    }

    #[test]
    fn what_happened_since_is_complete_or_refused() {
        let mut ring = Ring::new(10, MOST);
        assert_eq!(positions(&ring, 10), Some(vec![]));
        for position in [12, 15, 16] {
            ring.push(Arc::new(numbered(position, 1)));
        }
        ring.advance(20);
        assert_eq!(positions(&ring, 9), None, "before it began");
        assert_eq!(positions(&ring, 10), Some(vec![12, 15, 16]));
        assert_eq!(positions(&ring, 13), Some(vec![15, 16]), "within a frame");
        assert_eq!(positions(&ring, 16), Some(vec![]));
        assert_eq!(positions(&ring, 20), Some(vec![]));
        assert_eq!(positions(&ring, 21), None, "of another stream");
        for position in [21, 22] {
            ring.push(Arc::new(numbered(position, 1)));
        }
        assert_eq!(positions(&ring, 11), None, "one of them is forgotten");
        assert_eq!(positions(&ring, 12), Some(vec![15, 16, 21, 22]));
        ring.restart(3);
        assert_eq!(positions(&ring, 3), Some(vec![]));
        assert_eq!(positions(&ring, 12), None);
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes_too() {
        let mut ring = Ring::new(0, MOST);
        for position in 1..=3 {
            ring.push(Arc::new(numbered(position, 4_000)));
        }
        assert_eq!(positions(&ring, 0), None);
        assert_eq!(positions(&ring, 1), Some(vec![2, 3]));
        ring.push(Arc::new(numbered(4, 20_000)));
        assert_eq!(positions(&ring, 3), None);
        assert_eq!(positions(&ring, 4), Some(vec![]));
    }
}
