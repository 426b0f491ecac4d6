//! Every request, as the reader looks for it.

mod filters;
mod list;
mod words;

use leptos::prelude::*;

use self::filters::Filters;
use self::list::List;
use crate::app::app;
use crate::facts::path::Route;
use crate::facts::sought::Sought;
use crate::pages::request::trace::TracePanel;

/// The requests, with one's trace beside them when it is open.
#[component]
pub(crate) fn Requests() -> impl IntoView {
    let address = app().address;
    // While the page is on its way out, what it sought stays.
    let sought = Memo::new(move |last: Option<&Sought>| {
        address.route().sought().or_else(|| last.cloned()).unwrap_or_default()
    });
    let open = Memo::new(move |_| sought.with(|sought| sought.open.clone()));
    let close = Callback::new(move |()| {
        let list = sought.with_untracked(Sought::list);
        address.go(Route::Requests(Box::new(list)));
    });
    view! {
        <div class="page history-page" class:has-trace=move || open.with(Option::is_some)>
            <header class="page-head">
                <h1>{words::TITLE}</h1>
            </header>
            <Filters sought/>
            <List sought open/>
        </div>
        <TracePanel open close/>
    }
}
