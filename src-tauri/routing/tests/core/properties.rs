//! What holds in every world, whatever happens in it.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::Strategy as Gives;
use switchyard_routing::{
    AccountOrder, Ask, Asked, Budget, BudgetOf, Candidate, Combo, Core, Decision, Grouping,
    Happening, LockTable, Needs, Notices, Period, Plan, QuotaTable, Recording, Scope, SessionKey,
    Share, Snapshot, SnapshotParts, Source, Standing, Strategy, Strictness, Timed, Window,
    WindowState,
};
use switchyard_types::{AccountId, Dialect, FailureClass, RequestId, Tier};

use crate::scene::*;

const MODELS: [&str; 2] = ["big", "small"];
const VENDORS: [(&str, Tier); 3] =
    [("sub", Tier::Subscription), ("paid", Tier::Cheap), ("free", Tier::Free)];

fn strategies() -> impl Gives<Value = Strategy> {
    prop_oneof![
        Just(Strategy::Fallback),
        (0_u32..3).prop_map(|sticky| Strategy::RoundRobin { sticky }),
        Just(Strategy::Weighted),
        Just(Strategy::Cheapest),
        Just(Strategy::MostQuotaLeft),
        Just(Strategy::Fastest),
    ]
}

fn orders() -> impl Gives<Value = Option<AccountOrder>> {
    prop_oneof![
        Just(None),
        Just(Some(AccountOrder::FillFirst)),
        (0_u32..3).prop_map(|sticky| Some(AccountOrder::RoundRobin { sticky })),
        Just(Some(AccountOrder::LeastUsed)),
        Just(Some(AccountOrder::MostQuotaLeft)),
    ]
}

prop_compose! {
    /// Three vendors with up to five accounts each, and the combo `all` of some of their models in some
    /// order, the last ones inside another combo.
    fn worlds()(
        strategy in strategies(),
        inner in strategies(),
        accounts in orders(),
        by_tier in any::<bool>(),
        sizes in [0_usize..6, 0_usize..6, 0_usize..6],
        priorities in proptest::collection::vec(0_i64..3, 18),
        off in proptest::collection::vec(proptest::bool::weighted(0.1), 18),
        entries in proptest::sample::subsequence((0..6).collect::<Vec<usize>>(), 1..=6).prop_shuffle(),
        split in any::<Index>(),
        leave_at in proptest::option::of(8_000_u32..10_000),
        budget in proptest::option::of((1_000_i64..100_000_000, any::<bool>())),
    ) -> SnapshotParts {
        let text = |n: &usize| format!("{}/{}", VENDORS[n / 2].0, MODELS[n % 2]);
        let entries: Vec<String> = entries.iter().map(text).collect();
        let (first, rest) = entries.split_at(split.index(entries.len()) + 1);
        let mut outer = Combo { strategy, accounts, ..Combo::listed("all", first) };
        if by_tier {
            outer.grouping = Grouping::ByTier;
        }
        let mut combos = vec![outer];
        if !rest.is_empty() {
            combos.push(Combo { strategy: inner, ..Combo::listed("inner", rest) });
            combos[0].entries.push(entry("inner"));
        }
        let accounts = (0..18)
            .filter(|n| n % 6 < sizes[n / 6])
            .map(|n| {
                let mut account = account(&format!("a{n}"), VENDORS[n / 6].0, priorities[n]);
                account.enabled = !off[n];
                account
            })
            .collect();
        SnapshotParts {
            vendors: VENDORS.iter().map(|(id, tier)| vendor(id, *tier)).collect(),
            accounts,
            combos,
            active_combo: Some("all".to_owned()),
            leave_at: leave_at.map(Share::of),
            budgets: budget
                .into_iter()
                .map(|(limit, in_money)| Budget {
                    id: "purse".to_owned(),
                    of: BudgetOf::All,
                    period: Period::Day,
                    limit: if in_money {
                        switchyard_routing::Limit::Money(limit)
                    } else {
                        switchyard_routing::Limit::Tokens(limit.unsigned_abs())
                    },
                    strictness: Strictness::Hard,
                })
                .collect(),
            ..SnapshotParts::default()
        }
    }
}

/// What a vendor does with a try.
#[derive(Clone, Debug)]
enum Answer {
    Serves { millis: u64, tokens: u64 },
    Fails(FailureClass, Option<i64>, bool),
}

#[derive(Clone, Debug)]
enum Move {
    /// A request of a session, and what becomes of each of its tries; it may stay under way.
    Request {
        session: Option<u8>,
        tokens: Option<u64>,
        answers: Vec<Answer>,
        stays: bool,
    },
    Read {
        account: usize,
        percent: u32,
        resets_in: Option<i64>,
    },
    Clear {
        account: usize,
    },
    Wait {
        millis: i64,
    },
}

fn answers() -> impl Gives<Value = Answer> {
    use FailureClass::{
        Billing, ClientFault, ContextTooLong, ModelMissing, Quota, Rate, SignIn, Transient,
        Transport,
    };
    let class = proptest::sample::select(vec![
        Billing,
        ClientFault,
        ContextTooLong,
        ModelMissing,
        Quota,
        Rate,
        SignIn,
        Transient,
        Transport,
    ]);
    prop_oneof![
        2 => (1_u64..5_000, 0_u64..100_000)
            .prop_map(|(millis, tokens)| Answer::Serves { millis, tokens }),
        3 => (class, proptest::option::of(1_000_i64..3 * HOUR), any::<bool>())
            .prop_map(|(class, reset, whole)| Answer::Fails(class, reset, whole)),
    ]
}

fn moves() -> impl Gives<Value = Move> {
    prop_oneof![
        6 => (
            proptest::option::of(0_u8..4),
            proptest::option::of(1_u64..300_000),
            proptest::collection::vec(answers(), 1..6),
            proptest::bool::weighted(0.2),
        ).prop_map(|(session, tokens, answers, stays)| {
            Move::Request { session, tokens, answers, stays }
        }),
        2 => (0_usize..18, 0_u32..120, proptest::option::of(1_000_i64..6 * HOUR))
            .prop_map(|(account, percent, resets_in)| Move::Read { account, percent, resets_in }),
        1 => (0_usize..18).prop_map(|account| Move::Clear { account }),
        3 => prop_oneof![1_i64..10_000, 1_i64..3 * HOUR, -3 * HOUR..0_i64, DAY..3 * DAY]
            .prop_map(|millis| Move::Wait { millis }),
    ]
}

/// A run under way: the core, and everything that it was told.
struct Run {
    core: Core,
    told: Vec<Timed>,
    decided: Vec<Decision>,
    now: i64,
    requests: u32,
}

impl Run {
    fn new(parts: &SnapshotParts) -> Self {
        let core = Core::new(Snapshot::new(parts.clone()), Notices::default());
        Self { core, told: Vec::new(), decided: Vec::new(), now: NOW, requests: 0 }
    }

    fn tell(&mut self, happening: Happening) -> Decision {
        let decision = self.core.step(&happening, self.now);
        self.told.push(Timed { at: self.now, happening });
        self.decided.push(decision.clone());
        decision
    }

    fn go(&mut self, parts: &SnapshotParts, next: Move) -> Result<(), TestCaseError> {
        match next {
            Move::Wait { millis } => {
                self.now += millis;
                self.tell(Happening::Passed);
            }
            Move::Clear { account } => {
                let account = AccountId::new(format!("a{account}"));
                self.tell(Happening::Cleared { account, model: None });
            }
            Move::Read { account, percent, resets_in } => {
                let read = Window {
                    resets_at: resets_in.map(|ahead| self.now + ahead),
                    source: Source::Headers,
                    ..window(&format!("a{account}"), "5h", percent, 0, self.now)
                };
                self.tell(Happening::Read { windows: vec![read] });
            }
            Move::Request { session, tokens, answers, stays } => {
                self.request(parts, session, tokens, answers, stays)?;
            }
        }
        Ok(())
    }

    fn request(
        &mut self,
        parts: &SnapshotParts,
        session: Option<u8>,
        tokens: Option<u64>,
        answers: Vec<Answer>,
        stays: bool,
    ) -> Result<(), TestCaseError> {
        self.requests += 1;
        let request = RequestId::new(format!("req_{}", self.requests));
        let ask = Asked {
            model: "all".to_owned(),
            speaks: vec![Dialect::Chat],
            needs: Needs { tokens, ..Needs::default() },
            session: session.map(|session| SessionKey::of(&[&[session]])),
            client: None,
            path: None,
        };
        let (foreseen, again) =
            (self.core.foresee(&ask.ask(), self.now), self.core.foresee(&ask.ask(), self.now));
        prop_assert_eq!(&foreseen, &again, "the order is stable");
        let asked = Happening::Asked { request: request.clone(), ask, tried: Vec::new() };
        let plan = self.tell(asked).plan.expect("the name is known");
        prop_assert_eq!(foreseen.as_ref(), Ok(&plan), "a dry run foretells the real one");
        self.check(parts, &plan)?;
        let mut tried: Vec<Candidate> = Vec::new();
        for (candidate, answer) in plan.candidates.iter().zip(answers) {
            let trying =
                Happening::Trying { request: request.clone(), candidate: candidate.clone() };
            if self.tell(trying).denied.is_some() {
                continue;
            }
            tried.push(candidate.clone());
            match answer {
                Answer::Fails(class, reset, whole) => {
                    let reset = reset.map(|ahead| self.now + ahead);
                    let mut failure = failure(class, reset);
                    failure.scope = if whole { Scope::Account } else { Scope::Model };
                    let before = self.core.snapshot().locks().clone();
                    let decision = self.tell(Happening::Failed {
                        request: request.clone(),
                        account: candidate.account.clone(),
                        model: candidate.model.clone(),
                        failure,
                        jitter: 0,
                    });
                    self.check_step(&before, &decision)?;
                }
                Answer::Serves { millis, tokens } => {
                    self.tell(Happening::Answered { request: request.clone(), millis });
                    if !stays {
                        let (usage, cost) = (usage(tokens, 10), i64::try_from(tokens).unwrap());
                        self.tell(Happening::Ended {
                            request,
                            usage: Some(usage),
                            cost: Some(cost),
                        });
                    }
                    return Ok(());
                }
            }
        }
        self.tell(Happening::Ended { request, usage: None, cost: None });
        Ok(())
    }

    /// A ladder climbs by one, and only from a lock that has opened.
    fn check_step(&self, before: &LockTable, decision: &Decision) -> Result<(), TestCaseError> {
        let Some(lock) = &decision.lock else { return Ok(()) };
        let last = before.last(&lock.account, lock.model.as_deref());
        let from = last.filter(|last| last.class == lock.class && last.matters(self.now));
        match from {
            Some(last) if last.holds(self.now) => prop_assert_eq!(lock.step, last.step),
            Some(last) => prop_assert!(lock.step <= last.step + 1),
            None => prop_assert!(lock.step == 0 || last.is_some_and(|last| last.holds(self.now))),
        }
        Ok(())
    }

    fn check(&self, parts: &SnapshotParts, plan: &Plan) -> Result<(), TestCaseError> {
        let (now, snapshot, desk) = (self.now, self.core.snapshot(), self.core.desk());
        let over = |vendor: &str| {
            parts.budgets.iter().find(|budget| {
                let counts = match budget.limit {
                    switchyard_routing::Limit::Money(_) => vendor == "paid",
                    switchyard_routing::Limit::Tokens(_) => true,
                };
                counts && desk.spent(budget, now).1 >= Share::FULL
            })
        };
        let spent = |account: &AccountId, model: &str| {
            let worst = snapshot.quotas().worst(account, model, now);
            matches!(worst, Some((_, WindowState::Spent(_))))
        };
        let able = |account: &switchyard_routing::AccountFacts, model: &str| {
            account.enabled
                && snapshot.locks().get(&account.id, model, now).is_none()
                && !spent(&account.id, model)
                && over(&account.vendor).is_none()
        };
        for (at, candidate) in plan.candidates.iter().enumerate() {
            let account = parts.accounts.iter().find(|a| a.id == candidate.account).unwrap();
            prop_assert!(able(account, &candidate.model), "{candidate:?} cannot serve");
            let others = &plan.candidates[..at];
            prop_assert!(others.iter().all(|other| other.place() != candidate.place()), "twice");
        }
        let deferred = plan.candidates.iter().map(|c| c.standing.max(Standing::Ordered));
        prop_assert!(deferred.is_sorted(), "who comes last comes last");
        for skipped in &plan.skipped {
            prop_assert!(!skipped.reason.to_string().is_empty());
            prop_assert!(skipped.until.is_none_or(|until| until > now), "{skipped:?}");
        }
        // Everything that the combo names is either a candidate or passed over with its reason.
        let texts: Vec<String> = parts
            .combos
            .iter()
            .flat_map(|combo| &combo.entries)
            .map(|entry| entry.target.text())
            .filter(|text| text != "inner")
            .collect();
        let pairs: Vec<(&str, &switchyard_routing::AccountFacts)> = texts
            .iter()
            .filter_map(|text| text.split_once('/'))
            .flat_map(|(vendor, model)| {
                parts.accounts.iter().filter(move |a| a.vendor == vendor).map(move |a| (model, a))
            })
            .collect();
        if !plan.more && plan.unlisted == 0 {
            let passed_over = |model: &str, account: &switchyard_routing::AccountFacts| {
                plan.skipped.iter().any(|skipped| {
                    skipped.account.as_ref() == Some(&account.id) && skipped.model.ends_with(model)
                })
            };
            for (model, account) in &pairs {
                let tried =
                    plan.candidates.iter().any(|c| c.place() == place(account.id.as_str(), model));
                prop_assert!(tried != passed_over(model, account), "{} {model}", account.id);
                // Money that requests under way have set aside is not spent yet, but is not there either.
                if able(account, model) && desk.under_way() <= 1 {
                    prop_assert!(tried, "{} {model} could serve", account.id);
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn plans_are_right_in_every_world_and_a_recording_decides_the_same_again(
        parts in worlds(),
        moves in proptest::collection::vec(moves(), 1..60),
    ) {
        let mut run = Run::new(&parts);
        for next in moves {
            run.go(&parts, next)?;
        }
        let recording = Recording { parts, notices: Notices::default(), happenings: run.told };
        let written = serde_json::to_string(&recording).unwrap();
        let read: Recording = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(&read, &recording);
        prop_assert_eq!(read.replay(), run.decided);
    }

    #[test]
    fn a_lock_or_a_window_survives_being_written(
        percent in 0_u32..120, resets_in in -HOUR..6 * HOUR, leave in 5_000_u32..10_000,
    ) {
        let read = window("a1", "5h", percent, NOW + resets_in, NOW);
        let (table, _) = QuotaTable::default().with(read, Some(Share::of(leave)));
        let written = serde_json::to_string(&table).unwrap();
        prop_assert_eq!(serde_json::from_str::<QuotaTable>(&written).unwrap(), table);
    }
}

#[test]
fn a_burst_of_failures_is_one_step() {
    let mut scene = Scene::new(parts());
    let under_way: Vec<_> = (0..50)
        .map(|_| {
            let (request, plan) = scene.ask(None, NOW);
            scene.core.trying(&request, &plan.candidates[0], NOW).unwrap();
            request
        })
        .collect();
    let limited = failure(FailureClass::Rate, None);
    let locks: Vec<_> = under_way
        .iter()
        .map(|request| {
            scene.core.failed(request, &place("s1", "big"), &limited, 0, NOW).lock.unwrap()
        })
        .collect();
    assert!(locks.iter().all(|lock| lock.step == 0 && lock.until == locks[0].until));
}

#[test]
fn a_lock_that_has_opened_lets_one_probe_through_at_a_time() {
    let mut scene = Scene::new(parts());
    scene.fail(None, &failure(FailureClass::Transient, None), NOW);
    let later = NOW + 3 * SECOND;
    let (probe, plan) = scene.ask(None, later);
    assert_eq!(accounts(&plan)[0], "s1");
    scene.core.trying(&probe, &plan.candidates[0], later).unwrap();
    let plan = scene.plan("all", later);
    assert_eq!(accounts(&plan), ["s2", "p1", "f1", "s1"]);
    assert_eq!(plan.candidates[3].standing, Standing::Probed);
    scene.core.answered(&probe, 100, later);
    assert_eq!(accounts(&scene.plan("all", later))[0], "s1");
}

#[test]
fn a_probe_whose_client_went_away_frees_its_place() {
    let mut scene = Scene::new(parts());
    scene.fail(None, &failure(FailureClass::Transient, None), NOW);
    let later = NOW + 3 * SECOND;
    let (probe, plan) = scene.ask(None, later);
    scene.core.trying(&probe, &plan.candidates[0], later).unwrap();
    scene.core.ended(&probe, None, None, later);
    assert_eq!(accounts(&scene.plan("all", later))[0], "s1");
}

#[test]
fn a_plan_of_hundreds_of_accounts_is_bounded_and_goes_on_after_them() {
    let mut parts = parts();
    parts.accounts = (0..300).map(|n| account(&format!("a{n:03}"), "sub", 0)).collect();
    let mut scene = Scene::new(parts);
    let request = scene.request();
    let ask = Ask::new("sub/big", &[Dialect::Chat]);
    let mut tried = Vec::new();
    loop {
        let plan = scene.core.ask(&request, &ask, &tried, NOW).unwrap();
        assert!(plan.candidates.len() <= switchyard_routing::MOST_CANDIDATES);
        tried.extend(plan.candidates.iter().map(Candidate::place));
        if !plan.more {
            break;
        }
    }
    assert_eq!(tried.len(), 300);
    let locks: LockTable = tried
        .iter()
        .map(|place| switchyard_routing::Lock {
            account: place.account.clone(),
            model: None,
            class: FailureClass::Rate,
            message: String::new(),
            since: NOW,
            until: NOW + MINUTE,
            from_vendor: true,
            step: 0,
        })
        .collect();
    let all_locked = Snapshot::new(SnapshotParts {
        accounts: (0..300).map(|n| account(&format!("a{n:03}"), "sub", 0)).collect(),
        locks,
        ..crate::scene::parts()
    });
    scene.core = Core::new(all_locked, Notices::default());
    let plan = scene.plan("sub/big", NOW);
    assert_eq!((plan.candidates.len(), plan.skipped.len() + plan.unlisted), (0, 300));
    assert_eq!(plan.soonest, Some(NOW + MINUTE));
}
