//! What the backend and the dashboard say to each other.
//!
//! Serde types and nothing else: ids, the words of the field as enums ([`Dialect`], [`Tier`],
//! [`FailureClass`]), and the bodies of the admin API and of live events. The crate builds for WASM.
//!
//! It must not know how anything is done: no IO, no clock, no routing rule, no wire format of a
//! vendor. Times are UTC milliseconds ([`Millis`]), money is integer nano-dollars ([`NanoDollars`]).

mod account;
mod body;
mod budget;
mod combo;
mod error;
mod event;
mod id;
mod key;
mod language;
mod link;
mod login;
mod notice;
mod plan;
mod quota;
mod request;
mod rule;
mod settings;
mod share;
mod status;
mod strategy;
mod tool;
mod tool_change;
mod transfer;
mod update;
mod usage;
mod vendor;

pub use account::{AccountChange, AccountView, LockView, NewAccount, ProbeResult, Secret};
pub use body::{BodiesChange, BodiesDeleted, BodiesView, KeptBody, RequestBodies};
pub use budget::{Budget, BudgetBody, BudgetOf, BudgetView, Limit, Period, Strictness};
pub use combo::{
    ActiveCombo, AliasView, CandidateBody, CandidateSpec, CandidateState, CandidateView, ComboBody,
    ComboTemplate, ComboTerms, ComboView, ModelChoice, TemplateUse,
};
pub use error::{ErrorBody, ErrorCode};
pub use event::{Event, RunningView, UnderWay};
pub use id::{AccountId, KeyId, Millis, NanoDollars, RequestId};
pub use key::{CreatedKey, KeyView, NewKey, OneTimeLink, PasswordChange, SignIn, SignInWays};
pub use language::{LanguageChoice, LanguageSetting};
pub use link::{ComboOffer, FollowedLink, LinkView, SharedLink};
pub use login::{
    AccountProxy, FoundLogin, ImportLogin, LoginFacts, LoginKind, LoginProgress, LoginState,
    LoginStep, LoginTokens, LoginView, LoginWay, NewLogin, PastedLogin,
};
pub use notice::{Notice, NoticeKind, NoticeView, NotificationSettings, Place};
pub use plan::{
    Explanation, Needs, PlanAsk, PlanView, PlannedView, ReplayAsk, Standing, TraceView, Unaided,
};
pub use quota::{
    Forecast, QuotaAmount, QuotaHistory, QuotaMeasure, QuotaPoint, QuotaSource, QuotaView,
    QuotaWindow,
};
pub use request::{
    AttemptView, FailureClass, Outcome, RequestFilter, RequestPage, RequestView, ServedBy,
    SkippedView, Usage,
};
pub use rule::{Rule, RuleBody, RuleOf};
pub use settings::RoutingSettings;
pub use share::Share;
pub use status::{BackupView, DataKeySource, Paused, SafeModeView, Status, Today, UsageSum};
pub use strategy::{AccountOrder, Conditions, Grouping, Hours, Strategy, Want};
pub use tool::{
    ToolBackupView, ToolConflict, ToolConflictKind, ToolEdit, ToolFileFate, ToolFilePlan,
    ToolGuideView, ToolKey, ToolLeft, ToolPlanView, ToolSlot, ToolState, ToolStatusView, ToolView,
    ToolWay,
};
pub use tool_change::{
    Finding, FindingKind, Repaired, ToolApplied, ToolApply, ToolCheck, ToolChoice, ToolDryRun,
    ToolFailure, ToolRevert, ToolReverted, ToolSettings, ToolsReverted,
};
pub use transfer::{
    ExportAsk, ExportPart, Exported, ImportAsk, ImportChange, ImportPreview, KeyPlace, OnClash,
    RotateAsk, Rotated,
};
pub use update::{Autostart, UpdateChannel, UpdateView};
pub use usage::{CacheSaved, UsageAsk, UsageBy, UsageRow, UsageStep};
pub use vendor::{
    Abilities, Ability, Accent, Dialect, FieldKind, FieldView, Login, ModelView, ModelsRead,
    NewVendor, Price, SeenModel, Tier, VendorProblem, VendorStatus, VendorView,
};
