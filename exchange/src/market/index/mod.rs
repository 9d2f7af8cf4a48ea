//! The market in memory: the listings in every order, and who has which word.
//!
//! It is a read model of the tickets in the database, and nothing is decided by
//! it. A commit tells it what it wrote ([`Index::apply`]), so whoever reads after
//! a commit has returned sees it; a ticket that comes late or twice changes
//! nothing, because its version is compared.

mod best;
mod cursor;
mod find;
mod keys;
mod left;
mod ranges;
mod rows;
#[cfg(test)]
mod tests;
mod walk;
mod words;

use std::{
    collections::HashSet,
    sync::{
        PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{
    TicketId, Timestamp,
    search::{Count, Search, texts},
    ticket::{Ticket, TicketStatus},
};
use roaring::RoaringBitmap;
use tokio::sync::OnceCell;

use self::{
    cursor::Cursor,
    find::Finder,
    keys::Id,
    left::Left,
    rows::{Rows, Slot},
    words::Words,
};
use super::{Listing, store};
use crate::{Error, Result, platform::db::Db};

/// Tickets that are read at once while the index is loaded.
const BATCH: usize = 2_000;
/// Tickets that are applied before others have a turn.
const TURN: usize = 100;

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hits {
    /// The listings in their order.
    pub(crate) items: Vec<Listing>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<String>,
    /// How many there are on all pages.
    pub(crate) count: Count,
}

/// The market of one database.
#[derive(Default)]
pub(crate) struct Index {
    state: RwLock<State>,
    revision: AtomicU64,
    loaded: OnceCell<()>,
}

/// What the lock is for.
#[derive(Default)]
struct State {
    phase: Phase,
    rows: Rows,
    words: Words,
    /// The rows that are shown: the others are held.
    available: RoaringBitmap,
    /// Those of them that only a search for words finds.
    lowered: RoaringBitmap,
    left: Left,
}

/// What has been read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing, and what is committed will be.
    #[default]
    Idle,
    /// Some: what is committed meanwhile may have been read before it was.
    Loading,
    /// Everything.
    Loaded,
}

impl Index {
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads every listing of `db`, once; whoever comes meanwhile waits. Commits
    /// go on, and win over what was read before them.
    ///
    /// # Errors
    /// When the database is away; the next call begins again.
    pub(crate) async fn load(&self, db: &Db) -> Result<()> {
        self.loaded.get_or_try_init(|| self.read_all(db)).await?;
        Ok(())
    }

    async fn read_all(&self, db: &Db) -> Result<()> {
        // Before anything is read: what is committed from now on is applied.
        self.write().phase = Phase::Loading;
        self.walk(db, |_| {}).await?;
        self.write().phase = Phase::Loaded;
        Ok(())
    }

    /// Reads again what may have changed without a word: what is listed, and those
    /// that were, as far as anything has been read. What is committed meanwhile has to
    /// be told already.
    ///
    /// # Errors
    /// When the database is away; the next call begins again.
    pub(crate) async fn reload(&self, db: &Db) -> Result<()> {
        if !self.follows() {
            return Ok(());
        }
        self.load(db).await?;
        let known: Vec<Id> = self.read().rows.by_age.keys().copied().collect();
        let mut listed = HashSet::new();
        self.walk(db, |ticket| {
            listed.insert(Id::from(&ticket.id));
        })
        .await?;
        let gone = known.into_iter().filter(|id| !listed.contains(id));
        let gone: Vec<TicketId> = gone.map(Id::ticket).collect();
        for some in gone.chunks(BATCH) {
            let tickets = store::tickets(db, some.iter()).await?;
            tickets.iter().for_each(|ticket| self.apply(ticket));
        }
        Ok(())
    }

    /// Applies every listing of `db`, and shows it to `each`.
    async fn walk(&self, db: &Db, mut each: impl FnMut(&Ticket)) -> Result<()> {
        let mut walk = store::Walk::begin(db, BATCH).await?;
        let mut next = walk.step(db).await?;
        while let Some(batch) = next {
            // The next ones are read while these are applied.
            let db = db.clone();
            let reading = tokio::spawn(async move {
                let next = walk.step(&db).await?;
                crate::Result::Ok((walk, next))
            });
            for some in batch.chunks(TURN) {
                for ticket in some {
                    self.apply(ticket);
                    each(ticket);
                }
                tokio::task::yield_now().await;
            }
            (walk, next) = reading.await.map_err(Error::internal)??;
        }
        Ok(())
    }

    /// Whether everything was read.
    pub(crate) fn is_loaded(&self) -> bool {
        self.read().phase == Phase::Loaded
    }

    /// Shows `ticket` as it is, unless a later version of it is known.
    pub(crate) fn apply(&self, ticket: &Ticket) {
        let mut state = self.write();
        if state.phase == Phase::Idle || state.apply(ticket) {
            // Under the lock: who sees the change sees that there was one.
            self.revision.fetch_add(1, Ordering::Release);
        }
    }

    /// Which version of a ticket the index knows of. Of what has long left the
    /// market it does not.
    pub(crate) fn version(&self, id: &TicketId) -> Option<u32> {
        self.read().version(Id::from(id))
    }

    /// Whether changes are applied: before the first reader there is no need.
    pub(crate) fn follows(&self) -> bool {
        self.read().phase != Phase::Idle
    }

    /// Moves on with every change that a reader could see. That an event begins
    /// is none.
    pub(crate) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// A page of `limit` listings that `search` finds and whose event has not
    /// begun at `now`, from after `after`, the `next` of the page before. A text
    /// that is none, or of another order, is the beginning.
    pub(crate) fn find(&self, search: &Search, after: &str, limit: usize, now: Timestamp) -> Hits {
        let state = self.read();
        let picked = Finder::new(&state, search, after, limit, now).find();
        let page = &picked.slots[..limit.min(picked.slots.len())];
        let last = page.last().filter(|_| picked.slots.len() > limit);
        Hits {
            items: page.iter().map(|slot| state.rows.listing(*slot)).collect(),
            next: last
                .map(|slot| Cursor::text(search.sort, state.rows.position(search.sort, *slot))),
            count: picked.count,
        }
    }

    /// What a ticket's card shows, and whether it is shown.
    pub(crate) fn row(&self, id: &TicketId) -> Option<(Listing, bool)> {
        let state = self.read();
        let slot = state.rows.slot(Id::from(id))?;
        Some((state.rows.listing(slot), state.available.contains(slot)))
    }

    /// Whether a ticket can be reserved, as far as is known here.
    pub(crate) fn is_available(&self, id: &TicketId) -> bool {
        let state = self.read();
        let slot = state.rows.slot(Id::from(id));
        slot.is_some_and(|slot| state.available.contains(slot))
    }

    /// How many listings there are, those that are held too.
    pub(crate) fn len(&self) -> usize {
        self.read().rows.len()
    }
}

impl State {
    fn version(&self, id: Id) -> Option<u32> {
        let listed = self.rows.slot(id);
        listed
            .map(|slot| self.rows.facts(slot).version)
            .or_else(|| self.left.version(id))
    }

    /// Returns whether a reader could see the change.
    fn apply(&mut self, ticket: &Ticket) -> bool {
        let id = Id::from(&ticket.id);
        if self
            .version(id)
            .is_some_and(|known| known >= ticket.version)
        {
            return false;
        }
        let before = self.rows.slot(id);
        let was_shown = before.is_some_and(|slot| self.available.contains(slot));
        let is_shown = ticket.status == TicketStatus::Available;
        let same = before
            .filter(|_| ticket.status.is_listed())
            .filter(|slot| self.rows.content_version(*slot) == ticket.content_version);
        if let Some(slot) = same {
            // Held or let go, which happens most.
            self.rows.set_version(slot, ticket.version);
            let was_lowered = self.lowered.contains(slot);
            self.show(slot, is_shown, ticket.lowered);
            return was_shown != is_shown || was_lowered != ticket.lowered;
        }
        if let Some(slot) = before {
            self.show(slot, false, false);
            self.words.remove(slot, self.rows.words(slot));
            self.rows.remove(slot);
        }
        if ticket.status.is_listed() {
            self.left.forget(id);
            let slot = self.rows.next();
            let words = self.words.insert(slot, texts(&ticket.content));
            self.rows.insert(ticket, words);
            self.show(slot, is_shown, ticket.lowered);
        } else {
            self.left
                .note(id, ticket.version, self.phase == Phase::Loaded);
        }
        was_shown || is_shown
    }

    fn show(&mut self, slot: Slot, is_shown: bool, is_lowered: bool) {
        for (set, has) in [
            (&mut self.available, is_shown),
            (&mut self.lowered, is_lowered),
        ] {
            if has {
                set.insert(slot);
            } else {
                set.remove(slot);
            }
        }
    }
}
