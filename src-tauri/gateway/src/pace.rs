//! How often something may happen: token buckets that hold one moment each.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// More names than this are not told apart: those that come on top share one bucket, so that a flood of
/// names takes no memory.
const MOST: usize = 4096;

/// One happening every `interval`, and `burst` of them at once after a rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) interval: Duration,
    pub(crate) burst: u32,
}

/// A bucket for each name.
#[derive(Debug)]
pub(crate) struct Paces<K> {
    pace: Pace,
    table: Mutex<Table<K>>,
}

#[derive(Debug)]
struct Table<K> {
    /// When each bucket will be full again.
    full_at: HashMap<K, Instant>,
    /// The bucket of those for whom there is no room.
    crowd: Option<Instant>,
    /// When full buckets were last thrown out, which takes long.
    tidied: Option<Instant>,
}

impl<K: Clone + Eq + Hash> Paces<K> {
    pub(crate) fn new(pace: Pace) -> Self {
        let table = Table { full_at: HashMap::new(), crowd: None, tidied: None };
        Self { pace, table: Mutex::new(table) }
    }

    /// Takes one from the bucket of `name`; when it is empty, says when there will be one.
    pub(crate) fn take(&self, name: &K, now: Instant) -> Result<(), Duration> {
        let room = self.pace.interval * self.pace.burst;
        // The table holds no invariant that a panic elsewhere could have broken.
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = table.bucket(name, self.pace.interval, now);
        let taken = (*full_at).max(now) + self.pace.interval;
        match taken.duration_since(now).checked_sub(room) {
            Some(wait) if !wait.is_zero() => Err(wait),
            Some(_) | None => {
                *full_at = taken;
                Ok(())
            }
        }
    }
}

impl<K: Clone + Eq + Hash> Paces<K> {
    /// Whether there is nothing to take for `name`.
    pub(crate) fn is_spent(&self, name: &K, now: Instant) -> bool {
        let room = self.pace.interval * self.pace.burst;
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = table.full_at.get(name).or(table.crowd.as_ref());
        full_at.is_some_and(|full_at| *full_at + self.pace.interval > now + room)
    }

    /// Puts back what [`Paces::take`] took.
    pub(crate) fn give_back(&self, name: &K) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = table.full_at.get_mut(name)
            && let Some(earlier) = full_at.checked_sub(self.pace.interval)
        {
            *full_at = earlier;
        }
    }
}

impl<K: Clone + Eq + Hash> Table<K> {
    fn bucket(&mut self, name: &K, interval: Duration, now: Instant) -> &mut Instant {
        let known = self.full_at.contains_key(name);
        let rested = self.tidied.is_none_or(|at| now.duration_since(at) >= interval);
        if !known && self.full_at.len() >= MOST && rested {
            self.full_at.retain(|_, full_at| *full_at > now);
            self.tidied = Some(now);
        }
        if known || self.full_at.len() < MOST {
            self.full_at.entry(name.clone()).or_insert(now)
        } else {
            self.crowd.get_or_insert(now)
        }
    }
}

/// Where a connection comes from, as far as it can be told apart: an IPv6 host has a whole /64.
pub(crate) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paces() -> Paces<u32> {
        Paces::new(Pace { interval: Duration::from_secs(1), burst: 3 })
    }

    #[test]
    fn a_burst_passes_and_then_one_an_interval() {
        let (paces, now) = (paces(), Instant::now());
        for _ in 0..3 {
            assert_eq!(paces.take(&1, now), Ok(()));
        }
        assert_eq!(paces.take(&1, now), Err(Duration::from_secs(1)));
        assert!(paces.is_spent(&1, now) && !paces.is_spent(&2, now));
        let later = now + Duration::from_secs(1);
        assert!(!paces.is_spent(&1, later));
        assert_eq!(paces.take(&1, later), Ok(()));
        assert!(paces.take(&1, later).is_err());
    }

    #[test]
    fn one_name_takes_nothing_from_another() {
        let (paces, now) = (paces(), Instant::now());
        while paces.take(&1, now).is_ok() {}
        assert_eq!(paces.take(&2, now), Ok(()));
    }

    #[test]
    fn a_rest_fills_the_bucket_and_no_more() {
        let (paces, now) = (paces(), Instant::now());
        while paces.take(&1, now).is_ok() {}
        let later = now + Duration::from_mins(10);
        assert_eq!((0..10).filter(|_| paces.take(&1, later).is_ok()).count(), 3);
    }

    #[test]
    fn a_flood_of_names_takes_no_memory_and_ends_in_one_bucket() {
        let (paces, now) = (paces(), Instant::now());
        let passed = (0..100_000).filter(|name| paces.take(name, now).is_ok()).count();
        assert!(passed <= MOST + 3, "{passed}");
        assert_eq!(paces.table.lock().unwrap().full_at.len(), MOST);
        assert_eq!(paces.take(&0, now), Ok(()), "who was there before keeps its own");
    }

    #[test]
    fn the_addresses_of_one_host_are_one() {
        let near = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(near("2001:db8:1:2::9"), near("2001:db8:1:2:ffff::1"));
        assert_ne!(near("2001:db8:1:2::9"), near("2001:db8:1:3::9"));
        assert_eq!(near("::ffff:192.0.2.1"), near("192.0.2.1"));
        assert_ne!(near("192.0.2.1"), near("192.0.2.2"));
    }
}
