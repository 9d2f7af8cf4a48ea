//! What has left the market.

use std::collections::HashMap;

use super::keys::Id;

/// Versions that are remembered, at least.
pub(super) const REMEMBERED: usize = 50_000;

/// The versions of tickets that are not listed, so that none comes back with an
/// older version that is late: for a while, and while the index is loaded all.
#[derive(Default)]
pub(super) struct Left {
    young: HashMap<Id, u32>,
    old: HashMap<Id, u32>,
}

impl Left {
    pub(super) fn version(&self, id: Id) -> Option<u32> {
        self.young.get(&id).or_else(|| self.old.get(&id)).copied()
    }

    /// Notes that one has left, and may forget what has been noted long before.
    pub(super) fn note(&mut self, id: Id, version: u32, may_forget: bool) {
        if may_forget && self.young.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, version);
    }

    pub(super) fn forget(&mut self, id: Id) {
        self.young.remove(&id);
        self.old.remove(&id);
    }
}
