//! How many pages may be open, in all and for each network.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use exchange::limits::network;

use crate::web::observe;

/// The seats of a server.
#[derive(Debug)]
pub(crate) struct Seats {
    all: usize,
    each: Option<usize>,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_network: HashMap<String, usize>,
}

/// Why there is no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// All are taken.
    All,
    /// This network has taken all that one may have.
    Network,
}

/// A seat, until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    network: Option<String>,
}

impl Seats {
    /// So many in all, and so many for each network.
    pub(crate) fn new(all: usize, each: Option<usize>) -> Self {
        Self {
            all,
            each,
            taken: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat for somebody at `address`.
    pub(super) fn take(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Seat, Full> {
        let network = address.filter(|_| self.each.is_some()).map(network);
        let mut taken = self.lock();
        if taken.all >= self.all {
            return Err(Full::All);
        }
        if let (Some(network), Some(each)) = (&network, self.each) {
            let here = taken.by_network.entry(network.clone()).or_default();
            if *here >= each {
                return Err(Full::Network);
            }
            *here += 1;
        }
        taken.all += 1;
        observe::live_pages(taken.all);
        Ok(Seat {
            seats: Arc::clone(self),
            network,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.all -= 1;
        observe::live_pages(taken.all);
        if let Some(network) = &self.network
            && let Some(here) = taken.by_network.get_mut(network)
        {
            *here -= 1;
            if *here == 0 {
                taken.by_network.remove(network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_does_not_have_all_the_seats() {
        let seats = Arc::new(Seats::new(3, Some(2)));
        let [one, other] = ["192.0.2.1", "2001:db8::1"].map(|text| text.parse().ok());
        let neighbour: Option<IpAddr> = "2001:db8::2".parse().ok();
        let first = seats.take(one).expect("free");
        let second = seats.take(one).expect("free");
        assert_eq!(seats.take(one).expect_err("two"), Full::Network);
        let third = seats.take(other).expect("free");
        assert_eq!(seats.take(neighbour).expect_err("three"), Full::All);
        drop((first, second));
        let fourth = seats.take(neighbour).expect("free");
        assert_eq!(seats.take(other).expect_err("the same /64"), Full::Network);
        drop((third, fourth));
        let taken = seats.lock();
        assert_eq!((taken.all, taken.by_network.len()), (0, 0));
    }
}
