use std::borrow::Cow;

use axum::routing::{MethodRouter, delete, get, patch, post, put};
use switchyard_types::Dialect;

use crate::access::{Access, Rule};
use crate::serve::App;
use crate::{admin, assets, events, gemini_api, model_api, models, ollama_api};

/// The largest request of a client: a long conversation with images stays well below.
const LARGEST_CALL: usize = 64 * 1024 * 1024;

/// The largest request of the dashboard.
const LARGEST_ADMIN: usize = 256 * 1024;

/// The largest request of somebody who is not signed in.
const LARGEST_AT_DOOR: usize = 8 * 1024;

/// The largest file that is imported, in its JSON.
const LARGEST_IMPORT: usize = 40 * 1024 * 1024;

/// One route: where, who, what.
pub(crate) struct Route {
    pub(crate) path: Cow<'static, str>,
    pub(crate) access: Access,
    pub(crate) largest: usize,
    pub(crate) methods: MethodRouter<App>,
}

impl Route {
    pub(crate) fn rule(&self) -> Rule {
        Rule { access: self.access, largest: self.largest }
    }
}

/// Every route there is.
pub(crate) fn table() -> Vec<Route> {
    let mut table = model_routes();
    // A project's own base address, by which it is routed without a key of its own.
    table.extend(
        model_routes()
            .into_iter()
            .map(|route| Route { path: format!("/k/{{project}}{}", route.path).into(), ..route }),
    );
    table.extend(admin_routes());
    table.extend(public_routes());
    table
}

/// Every route and who may use it, for whoever wants to check.
pub fn route_list() -> Vec<(Cow<'static, str>, Access)> {
    table().into_iter().map(|route| (route.path, route.access)).collect()
}

fn model_routes() -> Vec<Route> {
    let client = |path: &'static str, dialect, methods| Route {
        path: path.into(),
        access: Access::Client(dialect),
        largest: LARGEST_CALL,
        methods,
    };
    // Many tools append /v1 to an address that ends in it already.
    vec![
        client("/v1/chat/completions", Dialect::Chat, post(model_api::chat)),
        client("/v1/v1/chat/completions", Dialect::Chat, post(model_api::chat)),
        client("/v1/responses", Dialect::Responses, post(model_api::responses)),
        client("/v1/v1/responses", Dialect::Responses, post(model_api::responses)),
        client("/v1/responses/compact", Dialect::Responses, post(model_api::compact)),
        client("/v1/v1/responses/compact", Dialect::Responses, post(model_api::compact)),
        client("/v1/responses/input_tokens", Dialect::Responses, post(model_api::input_tokens)),
        client("/v1/v1/responses/input_tokens", Dialect::Responses, post(model_api::input_tokens)),
        client("/v1/messages", Dialect::Messages, post(model_api::messages)),
        client("/v1/v1/messages", Dialect::Messages, post(model_api::messages)),
        client("/v1/messages/count_tokens", Dialect::Messages, post(model_api::count_tokens)),
        client("/v1/v1/messages/count_tokens", Dialect::Messages, post(model_api::count_tokens)),
        client("/v1/models", Dialect::Chat, get(models::list)),
        client("/v1/v1/models", Dialect::Chat, get(models::list)),
        client("/v1beta/models", Dialect::Gemini, get(models::gemini_list)),
        client(
            "/v1beta/models/{*path}",
            Dialect::Gemini,
            post(gemini_api::act).get(models::gemini_one),
        ),
        // Google's client libraries ask below /v1 unless told otherwise.
        client("/v1/models/{*path}", Dialect::Gemini, post(gemini_api::act).get(models::one)),
        client("/api/chat", Dialect::Ollama, post(ollama_api::chat)),
        client("/v1/api/chat", Dialect::Ollama, post(ollama_api::chat)),
        client("/api/generate", Dialect::Ollama, post(ollama_api::generate)),
        client("/api/tags", Dialect::Ollama, get(ollama_api::tags)),
        client("/api/show", Dialect::Ollama, post(ollama_api::show)),
        client("/api/version", Dialect::Ollama, get(ollama_api::version)),
    ]
}

fn admin_routes() -> Vec<Route> {
    let session = |path: &'static str, largest, methods| Route {
        path: path.into(),
        access: Access::Session,
        largest,
        methods,
    };
    let admin = |path, methods| session(path, LARGEST_ADMIN, methods);
    let import = |path, methods| session(path, LARGEST_IMPORT, methods);
    let call = |path, methods| session(path, LARGEST_CALL, methods);
    vec![
        admin("/api/status", get(admin::status)),
        admin("/api/vendors", get(admin::vendors::list).post(admin::vendors::add)),
        admin("/api/vendors/problems", get(admin::vendors::problems)),
        admin(
            "/api/vendors/{id}",
            get(admin::vendors::one).put(admin::vendors::change).delete(admin::vendors::remove),
        ),
        admin("/api/vendors/{id}/models", post(admin::vendors::read_models)),
        admin("/api/accounts", get(admin::accounts::list).post(admin::accounts::add)),
        admin("/api/accounts/{id}", patch(admin::accounts::change).delete(admin::accounts::remove)),
        admin("/api/accounts/{id}/test", post(admin::accounts::test)),
        admin("/api/accounts/{id}/unlock", post(admin::accounts::unlock)),
        admin("/api/accounts/{id}/unlock/{*model}", post(admin::accounts::unlock_model)),
        admin("/api/accounts/{id}/proxy", put(admin::logins::proxy)),
        admin("/api/logins", post(admin::logins::begin)),
        admin("/api/logins/found", get(admin::logins::found)),
        admin("/api/logins/import", post(admin::logins::import)),
        admin("/api/logins/{id}", get(admin::logins::one).delete(admin::logins::give_up)),
        admin("/api/logins/{id}/paste", post(admin::logins::paste)),
        admin("/api/quotas", get(admin::quotas::list)),
        admin("/api/quotas/read", post(admin::quotas::read)),
        admin("/api/quotas/{id}/history", get(admin::quotas::history)),
        admin("/api/combos", get(admin::combos::list)),
        admin("/api/combos/{name}", put(admin::combos::put).delete(admin::combos::remove)),
        admin("/api/combos/{name}/link", get(admin::combos::link)),
        admin("/api/open", post(admin::desktop::open)),
        admin("/api/active-combo", put(admin::combos::activate)),
        admin("/api/aliases", get(admin::aliases::list)),
        admin("/api/aliases/{alias}", put(admin::aliases::put).delete(admin::aliases::remove)),
        admin("/api/combo-templates", get(admin::routing::templates)),
        admin("/api/combo-templates/{id}", post(admin::routing::use_template)),
        admin("/api/budgets", get(admin::routing::budgets)),
        admin(
            "/api/budgets/{id}",
            put(admin::routing::put_budget).delete(admin::routing::remove_budget),
        ),
        admin("/api/rules", get(admin::routing::rules)),
        admin(
            "/api/rules/keys/{id}",
            put(admin::routing::put_key_rule).delete(admin::routing::remove_key_rule),
        ),
        admin(
            "/api/rules/paths/{name}",
            put(admin::routing::put_path_rule).delete(admin::routing::remove_path_rule),
        ),
        admin("/api/routing", get(admin::routing::settings).put(admin::routing::put_settings)),
        admin("/api/models", get(admin::models)),
        admin("/api/keys", get(admin::keys::list).post(admin::keys::add)),
        admin("/api/keys/{id}", delete(admin::keys::remove)),
        admin("/api/backups", get(admin::backups::list).post(admin::backups::make)),
        admin("/api/backups/{name}/check", post(admin::backups::check)),
        admin("/api/secrets/rotate", post(admin::backups::rotate)),
        admin("/api/export", post(admin::transfer::export)),
        admin("/api/export/part", post(admin::transfer::export_part)),
        import("/api/import/preview", post(admin::transfer::preview)),
        import("/api/import", post(admin::transfer::import)),
        admin("/api/usage", get(admin::transfer::usage)),
        admin("/api/usage/sums", get(admin::transfer::usage_sums)),
        admin("/api/requests", get(admin::requests::page)),
        admin("/api/requests/{id}", get(admin::requests::one)),
        admin("/api/requests/{id}/explain", get(admin::requests::explain)),
        admin("/api/requests/{id}/replay", post(admin::requests::replay)),
        admin(
            "/api/requests/{id}/bodies",
            get(admin::bodies::of_request).delete(admin::bodies::delete_of_request),
        ),
        admin(
            "/api/bodies",
            get(admin::bodies::show).put(admin::bodies::change).delete(admin::bodies::delete),
        ),
        call("/api/playground/{*path}", post(admin::playground::ask)),
        admin("/api/plan", post(admin::requests::plan)),
        admin("/api/notices", get(admin::requests::notices)),
        admin(
            "/api/notifications",
            get(admin::desktop::notifications).put(admin::desktop::put_notifications),
        ),
        admin("/api/notifications/test", post(admin::desktop::test_notification)),
        admin("/api/notifications/quiet", delete(admin::desktop::end_quiet)),
        admin("/api/language", put(admin::desktop::put_language)),
        admin("/api/paused", put(admin::desktop::pause)),
        admin("/api/tools", get(admin::tools::list)),
        admin("/api/tools/{id}", get(admin::tools::one)),
        admin("/api/tools/{id}/plan", post(admin::tools::plan)),
        admin("/api/tools/{id}/apply", post(admin::tools::apply)),
        admin("/api/tools/{id}/plan-revert", post(admin::tools::plan_revert)),
        admin("/api/tools/{id}/revert", post(admin::tools::revert)),
        admin("/api/tools/{id}/verify", post(admin::tools::verify)),
        admin("/api/tools/{id}/guide", get(admin::tools::guide)),
        admin("/api/tools/{id}/key", post(admin::tools::make_key)),
        admin("/api/revert-tools", post(admin::tools::revert_all)),
        admin("/api/tool-backups", get(admin::tools::backups)),
        admin("/api/tool-backups/{id}/restore", post(admin::tools::restore)),
        admin("/api/tool-settings", get(admin::tools::settings).put(admin::tools::put_settings)),
        admin("/api/doctor", get(admin::tools::doctor)),
        admin("/api/doctor/repair", post(admin::tools::repair)),
        admin("/api/events", get(events::stream)),
        admin("/api/links", post(admin::link)),
        admin("/api/password", put(admin::password::change)),
        admin("/api/session", delete(admin::sign_out)),
    ]
}

fn public_routes() -> Vec<Route> {
    let public = |path: &'static str, methods| Route {
        path: path.into(),
        access: Access::Public,
        largest: 0,
        methods,
    };
    vec![
        public("/health", get(admin::health)),
        public("/enter", get(admin::enter)),
        Route {
            path: "/api/sign-in".into(),
            access: Access::Door,
            largest: LARGEST_AT_DOOR,
            methods: get(admin::password::ways).post(admin::password::sign_in),
        },
        public("/", get(assets::page)),
        public("/providers", get(assets::page)),
        public("/combos", get(assets::page)),
        public("/keys", get(assets::page)),
        public("/tools", get(assets::page)),
        public("/tools/{id}", get(assets::page)),
        public("/requests", get(assets::page)),
        public("/requests/{id}", get(assets::page)),
        public("/usage", get(assets::page)),
        public("/quota", get(assets::page)),
        public("/settings", get(assets::page)),
        public("/playground", get(assets::page)),
        public("/welcome", get(assets::page)),
        public("/boot.js", get(assets::file)),
        public("/app.js", get(assets::file)),
        public("/app_bg.wasm", get(assets::file)),
        public("/icon.svg", get(assets::file)),
        public("/style/{*path}", get(assets::file)),
        public("/fonts/{*path}", get(assets::file)),
        public("/locales/{*path}", get(assets::file)),
        public("/snippets/{*path}", get(assets::file)),
    ]
}
