//! A long list of requests of which only the part in sight is kept: pages that are far away are
//! dropped, and read again when they come near.

use std::ops::Range;
use std::sync::Arc;

use switchyard_types::{RequestId, RequestPage, RequestView};

/// Rows that are asked for at once.
pub(crate) const PAGE: usize = 100;
/// A page that grew by events beyond this is cut in two.
const LONGEST: usize = 180;
/// How many rows beyond those in sight are kept.
const NEAR: usize = 600;

/// What stands in one place of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Row(Arc<RequestView>),
    /// It was there, and is read again: its place in the list.
    Dropped(usize),
}

/// A stretch of the list without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Page {
    /// Its rows come before this one; the first page has no bound.
    before: Option<RequestId>,
    /// Its last row.
    last: RequestId,
    len: usize,
    rows: Option<Vec<Arc<RequestView>>>,
}

/// What must be read next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The rows before this one.
    pub(crate) before: Option<RequestId>,
    /// How many.
    pub(crate) limit: usize,
}

/// The list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    pages: Vec<Page>,
    /// Whether the server has rows before the last one.
    more: bool,
}

impl History {
    /// Begins with the newest page.
    pub(crate) fn begin(page: RequestPage) -> Self {
        let mut history = Self::default();
        history.append(None, page);
        history
    }

    /// How many rows there are so far, dropped ones included.
    pub(crate) fn len(&self) -> usize {
        self.pages.iter().map(|page| page.len).sum()
    }

    pub(crate) fn has_more(&self) -> bool {
        self.more
    }

    /// What stands in these places.
    pub(crate) fn slots(&self, places: Range<usize>) -> Vec<Slot> {
        let mut slots = Vec::with_capacity(places.len());
        let mut start = 0;
        for page in &self.pages {
            let end = start + page.len;
            for place in places.start.max(start)..places.end.min(end) {
                let row = page.rows.as_ref().and_then(|rows| rows.get(place - start));
                slots.push(row.map_or(Slot::Dropped(place), |row| Slot::Row(Arc::clone(row))));
            }
            start = end;
        }
        slots
    }

    /// What must be read so that these places can be shown, and what follows them soon.
    pub(crate) fn wanted(&self, places: &Range<usize>) -> Option<Wanted> {
        let mut start = 0;
        for page in &self.pages {
            let end = start + page.len;
            if page.rows.is_none() && start < places.end && places.start < end {
                // A few may have come to it meanwhile; what is below its last row is left out.
                return Some(Wanted { before: page.before.clone(), limit: page.len + 16 });
            }
            start = end;
        }
        let near_end = places.end + PAGE / 2 >= start;
        let last = self.pages.last().map(|page| page.last.clone());
        (self.more && near_end).then_some(Wanted { before: last, limit: PAGE })
    }

    /// Takes an answer to [`Self::wanted`], and drops what is far from these places.
    pub(crate) fn take(&mut self, wanted: &Wanted, answer: RequestPage, places: &Range<usize>) {
        let known = self.pages.iter().position(|page| page.before == wanted.before);
        match known {
            Some(at) => self.restore(at, answer),
            None => self.append(wanted.before.clone(), answer),
        }
        self.drop_far(places);
    }

    /// Puts a row that came by event where it belongs; says whether the list grew. One that is
    /// older than all that was read is left to be read.
    pub(crate) fn put(&mut self, row: &Arc<RequestView>) -> bool {
        let place = self.pages.iter().position(|page| row.id >= page.last);
        let at = match place {
            Some(at) => at,
            None if self.more => return false,
            None if self.pages.is_empty() => {
                let (last, rows) = (row.id.clone(), Some(vec![Arc::clone(row)]));
                self.pages.push(Page { before: None, last, len: 1, rows });
                return true;
            }
            None => self.pages.len() - 1,
        };
        let Some(page) = self.pages.get_mut(at) else { return false };
        let Some(rows) = &mut page.rows else {
            // It is read with the others of its page.
            return false;
        };
        match rows.binary_search_by(|held| row.id.cmp(&held.id)) {
            // What has ended does not change.
            Ok(_) => false,
            Err(gap) => {
                rows.insert(gap, Arc::clone(row));
                page.len = rows.len();
                if row.id < page.last {
                    page.last = row.id.clone();
                }
                self.cut(at);
                true
            }
        }
    }

    /// Takes the newest page again, after events were missed. Where it does not reach down to what was
    /// known, the list begins anew with it rather than with a hole; says whether it did.
    pub(crate) fn meet(&mut self, page: RequestPage) -> bool {
        let newest = self.pages.first().and_then(|first| first.rows.as_ref()?.first());
        let oldest = page.requests.last();
        let meets = match (newest, oldest) {
            (Some(newest), Some(oldest)) => newest.id >= oldest.id,
            (None, _) | (_, None) => false,
        };
        if meets {
            for row in page.requests {
                self.put(&Arc::new(row));
            }
        } else {
            *self = Self::begin(page);
        }
        !meets
    }

    fn append(&mut self, before: Option<RequestId>, answer: RequestPage) {
        self.more = answer.next.is_some();
        let rows: Vec<_> = answer.requests.into_iter().map(Arc::new).collect();
        if let Some(last) = rows.last() {
            let last = last.id.clone();
            self.pages.push(Page { before, last, len: rows.len(), rows: Some(rows) });
        }
    }

    /// Rows of a page that is read again; those below it belong to the next one.
    fn restore(&mut self, at: usize, answer: RequestPage) {
        let Some(page) = self.pages.get_mut(at) else { return };
        let rows = answer.requests.into_iter().filter(|row| row.id >= page.last);
        let rows: Vec<_> = rows.map(Arc::new).collect();
        page.len = rows.len();
        page.rows = Some(rows);
        if page.len == 0 {
            // They were pruned meanwhile.
            let before = page.before.clone();
            self.pages.remove(at);
            if let Some(next) = self.pages.get_mut(at) {
                next.before = before;
            }
        }
    }

    fn drop_far(&mut self, places: &Range<usize>) {
        let near = places.start.saturating_sub(NEAR)..places.end + NEAR;
        let mut start = 0;
        for page in &mut self.pages {
            let end = start + page.len;
            // The first page grows by events, and so stays.
            if page.before.is_some() && (end <= near.start || near.end <= start) {
                page.rows = None;
            }
            start = end;
        }
    }

    fn cut(&mut self, at: usize) {
        let Some(page) = self.pages.get_mut(at) else { return };
        let Some(rows) = page.rows.as_mut().filter(|rows| rows.len() > LONGEST) else { return };
        let lower = rows.split_off(PAGE);
        let Some(edge) = rows.last().map(|row| row.id.clone()) else { return };
        let last = std::mem::replace(&mut page.last, edge.clone());
        page.len = rows.len();
        let lower = Page { before: Some(edge), last, len: lower.len(), rows: Some(lower) };
        self.pages.insert(at + 1, lower);
    }
}

/// Which rows of a list are in sight, with a few around them that are about to be.
pub(crate) fn in_sight(scrolled: f64, height: f64, row_height: f64, len: usize) -> Range<usize> {
    const AROUND: usize = 8;
    if row_height <= 0.0 {
        return 0..0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative; `as` saturates beyond"
    )]
    let (first, count) = (
        (scrolled.max(0.0) / row_height) as usize,
        (height.max(0.0) / row_height).ceil() as usize + 1,
    );
    let first = first.min(len);
    first.saturating_sub(AROUND)..first.saturating_add(count).saturating_add(AROUND).min(len)
}

#[cfg(test)]
mod tests {
    use switchyard_types::{Dialect, Outcome};

    use super::*;

    fn row(n: usize) -> RequestView {
        RequestView {
            id: RequestId::new(format!("req_{n:06}")),
            at: 1,
            dialect: Dialect::Chat,
            model: "auto".into(),
            combo: None,
            stream: false,
            key: None,
            outcome: Outcome::Answered,
            status: 200,
            served_by: None,
            attempts: vec![],
            skipped: vec![],
            losses: vec![],
            first_content: None,
            millis: 1,
            usage: None,
            cost: None,
            saved: None,
            error: None,
            plan: None,
        }
    }

    /// A server with these rows.
    fn answer(all: usize, wanted: &Wanted) -> RequestPage {
        let before = wanted.before.as_ref();
        let mut left = (1..=all).rev().map(row).filter(|row| before.is_none_or(|id| row.id < *id));
        let requests: Vec<_> = left.by_ref().take(wanted.limit).collect();
        let next = requests.last().map(|row| row.id.clone()).filter(|_| left.next().is_some());
        RequestPage { requests, next }
    }

    fn begun(all: usize) -> History {
        History::begin(answer(all, &Wanted { before: None, limit: PAGE }))
    }

    fn settle(history: &mut History, all: usize, places: &Range<usize>) {
        while let Some(wanted) = history.wanted(places) {
            history.take(&wanted, answer(all, &wanted), places);
        }
    }

    fn shown(history: &History, places: Range<usize>) -> Vec<Option<usize>> {
        let number = |row: &RequestView| row.id.as_str().trim_start_matches("req_").parse().ok();
        let slots = history.slots(places).into_iter();
        slots
            .map(|slot| match slot {
                Slot::Row(row) => number(&row),
                Slot::Dropped(_) => None,
            })
            .collect()
    }

    fn numbers(range: impl Iterator<Item = usize>) -> Vec<Option<usize>> {
        range.map(Some).collect()
    }

    #[test]
    fn a_hundred_thousand_rows_are_walked_to_the_end_and_back_with_few_of_them_kept() {
        const ALL: usize = 100_000;
        let mut history = begun(ALL);
        let mut at = 0;
        while at + 20 < history.len() || history.has_more() {
            let places = at..(at + 20).min(history.len());
            settle(&mut history, ALL, &places);
            let kept: usize =
                history.pages.iter().filter_map(|page| page.rows.as_ref()).map(Vec::len).sum();
            assert!(kept <= 2 * NEAR + 4 * PAGE, "{kept} at {at}");
            assert_eq!(shown(&history, places.clone()), numbers(places.map(|place| ALL - place)));
            at += 490;
        }
        assert_eq!(history.len(), ALL);
        assert_eq!(shown(&history, 50_000..50_001), [None]);
        settle(&mut history, ALL, &(50_000..50_020));
        assert_eq!(shown(&history, 50_000..50_003), numbers((49_998..=50_000).rev()));
    }

    #[test]
    fn rows_that_come_by_event_stand_in_order_and_once() {
        let mut history = begun(3);
        assert!(history.put(&Arc::new(row(7))));
        assert!(history.put(&Arc::new(row(5))));
        assert!(!history.put(&Arc::new(row(7))));
        assert_eq!(shown(&history, 0..9), numbers([7, 5, 3, 2, 1].into_iter()));
        assert!(history.put(&Arc::new(row(0))), "nothing is below that could be read");
        assert_eq!(history.len(), 6);
        let mut long = begun(500);
        assert!(!long.put(&Arc::new(row(0))), "it is read with the page below");
    }

    #[test]
    fn the_first_row_of_all_may_come_by_event() {
        let mut history = History::begin(RequestPage { requests: vec![], next: None });
        assert_eq!((history.len(), history.wanted(&(0..0))), (0, None));
        assert!(history.put(&Arc::new(row(1))));
        assert_eq!(shown(&history, 0..5), [Some(1)]);
    }

    #[test]
    fn a_first_page_that_grows_is_cut_and_stays_whole() {
        let mut history = begun(50);
        for n in 51..=1_000 {
            assert!(history.put(&Arc::new(row(n))));
        }
        assert!(history.pages.len() > 1);
        assert_eq!(history.len(), 1_000);
        assert_eq!(shown(&history, 0..1_000), numbers((1..=1_000).rev()));
        settle(&mut history, 1_000, &(0..10));
        history.drop_far(&(0..10));
        settle(&mut history, 1_000, &(900..1_000));
        assert_eq!(shown(&history, 900..1_000), numbers((1..=100).rev()));
    }

    #[test]
    fn rows_that_were_pruned_meanwhile_leave_no_hole() {
        let mut history = begun(300);
        settle(&mut history, 300, &(150..300));
        for page in &mut history.pages {
            page.rows = page.before.is_none().then_some(page.rows.take()).flatten();
        }
        let wanted = history.wanted(&(120..130)).unwrap();
        history.take(&wanted, RequestPage { requests: vec![], next: None }, &(120..130));
        assert_eq!(history.len(), 200);
        assert_eq!(history.pages[1].before, Some(row(201).id));
    }

    #[test]
    fn the_newest_page_joins_what_is_known_or_begins_anew() {
        let newest = |all| answer(all, &Wanted { before: None, limit: 5 });
        let mut history = begun(10);
        assert!(!history.meet(newest(13)));
        assert_eq!(shown(&history, 0..4), numbers([13, 12, 11, 10].into_iter()));
        assert!(history.meet(newest(30)));
        assert_eq!(history.len(), 5);
        assert!(history.has_more());
    }

    #[test]
    fn what_is_in_sight_follows_the_scrolling() {
        assert_eq!(in_sight(0.0, 480.0, 48.0, 1_000), 0..19);
        assert_eq!(in_sight(4_800.0, 480.0, 48.0, 1_000), 92..119);
        assert_eq!(in_sight(1e12, 480.0, 48.0, 1_000), 992..1_000);
        assert_eq!(in_sight(-50.0, 480.0, 48.0, 3), 0..3);
        assert_eq!(in_sight(0.0, 480.0, 0.0, 3), 0..0);
    }
}
