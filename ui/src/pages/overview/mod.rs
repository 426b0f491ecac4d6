//! What runs now, where it goes and why.

mod address;
mod requests;
mod sums;
mod trace;
mod words;
mod yard;

use leptos::prelude::*;

use self::address::AddressBar;
use self::requests::Requests;
use self::sums::Sums;
use self::trace::TracePanel;
use self::yard::Yard;
use crate::app::app;
use crate::facts::path::Route;

/// The overview, with a request's trace beside it when one is open.
#[component]
pub(crate) fn Overview() -> impl IntoView {
    let address = app().address;
    let open = Memo::new(move |_| match address.route() {
        Route::Request(id) => Some(id),
        Route::Overview
        | Route::Providers
        | Route::Combos(_)
        | Route::Tools(_)
        | Route::Keys
        | Route::Missing => None,
    });
    view! {
        <div class="page overview" class:has-trace=move || open.with(Option::is_some)>
            <h1 class="off-screen">{words::TITLE}</h1>
            <AddressBar/>
            <Yard/>
            <Sums/>
            <Requests open/>
        </div>
        <TracePanel open/>
    }
}
