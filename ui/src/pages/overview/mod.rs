//! What runs now, where it goes and why.

pub(crate) mod address;
mod lately;
mod requests;
mod sums;
mod words;
mod yard;

use leptos::prelude::*;

use self::address::{AddressBar, MakeKey};
use self::lately::{Fallen, Low};
use self::requests::Requests;
use self::sums::Sums;
use self::yard::Yard;
use crate::app::app;
use crate::facts::path::Route;
use crate::pages::request::trace::TracePanel;

/// The overview, with a request's trace beside it when one is open.
#[component]
pub(crate) fn Overview() -> impl IntoView {
    let address = app().address;
    let open = Memo::new(move |_| address.route().glance());
    let close = Callback::new(move |()| address.go(Route::Overview));
    view! {
        <div class="page overview" class:has-trace=move || open.with(Option::is_some)>
            <h1 class="off-screen">{words::TITLE}</h1>
            <AddressBar maker=view! { <MakeKey/> }.into_any()/>
            <Yard/>
            <Low/>
            <Sums/>
            <Fallen/>
            <Requests open/>
        </div>
        <TracePanel open close/>
    }
}
