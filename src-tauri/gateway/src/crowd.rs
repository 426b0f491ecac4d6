//! How many connections each neighbour has: one that opens as many as it can leaves room for the others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::pace::neighbourhood;

/// Connections that stand, by where they come from. Copies share the count.
#[derive(Clone, Debug)]
pub(crate) struct Crowd {
    most: usize,
    /// Holds nobody without a connection.
    standing: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A connection's place; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Place {
    crowd: Crowd,
    from: Option<IpAddr>,
}

impl Crowd {
    /// At most so many for each.
    pub(crate) fn new(most: usize) -> Self {
        Self { most: most.max(1), standing: Arc::default() }
    }

    /// A place for a connection from there, if there is one. This machine's own programs share an address, and
    /// are not counted.
    pub(crate) fn enter(&self, from: IpAddr) -> Option<Place> {
        let from = from.to_canonical();
        if from.is_loopback() {
            return Some(Place { crowd: self.clone(), from: None });
        }
        let from = neighbourhood(from);
        self.with(|standing| {
            let count = standing.entry(from).or_default();
            (*count < self.most).then(|| *count += 1)
        })?;
        Some(Place { crowd: self.clone(), from: Some(from) })
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashMap<IpAddr, usize>) -> T) -> T {
        // The table holds no invariant that a panic elsewhere could have broken.
        change(&mut self.standing.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(from) = self.from else { return };
        self.crowd.with(|standing| {
            if let Some(count) = standing.get_mut(&from) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    standing.remove(&from);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_neighbour_takes_its_share_and_no_more_and_others_find_theirs() {
        let crowd = Crowd::new(3);
        let mut places: Vec<_> = (0..3).map(|_| crowd.enter(ip("192.0.2.1")).unwrap()).collect();
        assert!(crowd.enter(ip("192.0.2.1")).is_none());
        assert!(crowd.enter(ip("::ffff:192.0.2.1")).is_none(), "the same host in other words");
        assert!(crowd.enter(ip("192.0.2.2")).is_some());
        places.pop();
        assert!(crowd.enter(ip("192.0.2.1")).is_some(), "who left makes room");
    }

    #[test]
    fn the_addresses_of_one_host_share_and_this_machine_is_not_counted() {
        let crowd = Crowd::new(1);
        let _first = crowd.enter(ip("2001:db8::1")).unwrap();
        assert!(crowd.enter(ip("2001:db8::2")).is_none());
        let own: Vec<_> = (0..9).map(|_| crowd.enter(ip("127.0.0.1"))).collect();
        assert!(own.iter().all(Option::is_some) && crowd.enter(ip("::1")).is_some());
    }

    #[test]
    fn nobody_is_remembered_who_has_gone() {
        let crowd = Crowd::new(2);
        for nth in 0..200_u8 {
            drop(crowd.enter(IpAddr::from([198, 51, 100, nth])));
        }
        assert!(crowd.with(|standing| standing.is_empty()));
    }
}
