//! A small world for tests: vendors, accounts, and a core that is told what happens.

use switchyard_routing::{
    AccountFacts, AccountOrder, Ask, Candidate, Combo, ComboEntry, Core, Decision, Failure,
    ModelFacts, Needs, Notices, Place, Plan, Scope, SessionKey, Share, Snapshot, SnapshotParts,
    Source, Strategy, VendorFacts, Window,
};
use switchyard_types::{AccountId, Dialect, FailureClass, Price, RequestId, Tier, Usage};

/// Monday 2026-11-23, 00:00 UTC.
pub(crate) const NOW: i64 = 1_795_392_000_000;
pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) fn vendor(id: &str, tier: Tier) -> VendorFacts {
    VendorFacts {
        id: id.to_owned(),
        prefixes: vec![id.to_owned()],
        dialects: vec![Dialect::Chat],
        usable: true,
        tier,
        models: vec![model("big", 200_000, 10_000), model("small", 50_000, 1_000)],
        accounts: AccountOrder::FillFirst,
    }
}

/// A model with its context window and the price of a token of input; output is five times as much.
pub(crate) fn model(id: &str, context: u64, input: i64) -> ModelFacts {
    let price = Price { input, output: 5 * input, cache_read: input / 10, cache_write: input };
    ModelFacts {
        id: id.to_owned(),
        context: Some(context),
        price: Some(price),
        ..ModelFacts::default()
    }
}

pub(crate) fn account(id: &str, vendor: &str, priority: i64) -> AccountFacts {
    AccountFacts {
        id: AccountId::new(id),
        name: format!("name of {id}"),
        vendor: vendor.to_owned(),
        enabled: true,
        priority,
        leave_at: None,
    }
}

/// A subscription with two accounts, one vendor that is paid by use, and one that is free; the combo
/// `all` names them in that order.
pub(crate) fn parts() -> SnapshotParts {
    SnapshotParts {
        vendors: vec![
            vendor("sub", Tier::Subscription),
            vendor("paid", Tier::Cheap),
            vendor("free", Tier::Free),
        ],
        accounts: vec![
            account("s1", "sub", 1),
            account("s2", "sub", 2),
            account("p1", "paid", 1),
            account("f1", "free", 1),
        ],
        combos: vec![Combo::listed("all", &["sub/big", "paid/big", "free/big"])],
        active_combo: Some("all".to_owned()),
        ..SnapshotParts::default()
    }
}

pub(crate) fn by(strategy: Strategy, entries: &[&str]) -> Combo {
    Combo { strategy, ..Combo::listed("all", entries) }
}

pub(crate) fn entry(text: &str) -> ComboEntry {
    ComboEntry::named(text)
}

pub(crate) fn place(account: &str, model: &str) -> Place {
    Place { account: AccountId::new(account), model: model.to_owned() }
}

pub(crate) fn window(account: &str, name: &str, percent: u32, resets_at: i64, at: i64) -> Window {
    let length = if name == "5h" { 5 * HOUR } else { 7 * DAY };
    Window {
        account: AccountId::new(account),
        name: name.to_owned(),
        models: None,
        used: Some(Share::of(percent * 100)),
        resets_at: Some(resets_at),
        length: Some(length),
        source: Source::Headers,
        observed_at: at,
    }
}

pub(crate) fn failure(class: FailureClass, reset: Option<i64>) -> Failure {
    Failure { class, message: "so it said".to_owned(), reset, scope: Scope::Model, window: None }
}

pub(crate) fn usage(input: u64, output: u64) -> Usage {
    Usage { input, output, ..Usage::default() }
}

/// A core, and the requests that it is sent.
pub(crate) struct Scene {
    pub(crate) core: Core,
    requests: u64,
}

impl Scene {
    pub(crate) fn new(parts: SnapshotParts) -> Self {
        Self { core: Core::new(Snapshot::new(parts), Notices::default()), requests: 0 }
    }

    pub(crate) fn request(&mut self) -> RequestId {
        self.requests += 1;
        RequestId::new(format!("req_{}", self.requests))
    }

    pub(crate) fn plan(&self, model: &str, now: i64) -> Plan {
        self.core.foresee(&Ask::new(model, &[Dialect::Chat]), now).unwrap()
    }

    pub(crate) fn plan_with(&self, needs: Needs, now: i64) -> Plan {
        let ask = Ask { needs, ..Ask::new("all", &[Dialect::Chat]) };
        self.core.foresee(&ask, now).unwrap()
    }

    /// Asks for `all` and is answered by the first candidate, which it returns as `account model`.
    pub(crate) fn serve(&mut self, session: Option<&str>, now: i64) -> String {
        self.serve_all(session, now).0
    }

    pub(crate) fn serve_all(&mut self, session: Option<&str>, now: i64) -> (String, Decision) {
        let (request, plan) = self.ask(session, now);
        let candidate = plan.candidates.first().expect("somebody can serve").clone();
        self.core.trying(&request, &candidate, now).expect("it still can");
        let decision = self.core.answered(&request, 500, now);
        self.core.ended(&request, Some(usage(1_000, 100)), Some(1_000), now);
        (named(&candidate), decision)
    }

    pub(crate) fn ask(&mut self, session: Option<&str>, now: i64) -> (RequestId, Plan) {
        let request = self.request();
        let session = session.map(|session| SessionKey::of(&[session.as_bytes()]));
        let ask = Ask { session, ..Ask::new("all", &[Dialect::Chat]) };
        let plan = self.core.ask(&request, &ask, &[], now).unwrap();
        (request, plan)
    }

    /// Asks, and the first candidate fails.
    pub(crate) fn fail(&mut self, session: Option<&str>, failure: &Failure, now: i64) -> Decision {
        let (request, plan) = self.ask(session, now);
        let candidate = plan.candidates.first().expect("somebody can serve").clone();
        self.core.trying(&request, &candidate, now).expect("it still can");
        let decision = self.core.failed(&request, &candidate.place(), failure, 0, now);
        self.core.ended(&request, None, None, now);
        decision
    }

    pub(crate) fn read(&mut self, window: Window) -> Decision {
        let now = window.observed_at;
        self.core.read(vec![window], now)
    }
}

pub(crate) fn named(candidate: &Candidate) -> String {
    format!("{} {}", candidate.account, candidate.model)
}

pub(crate) fn order(plan: &Plan) -> Vec<String> {
    plan.candidates.iter().map(named).collect()
}

pub(crate) fn accounts(plan: &Plan) -> Vec<&str> {
    plan.candidates.iter().map(|candidate| candidate.account.as_str()).collect()
}
