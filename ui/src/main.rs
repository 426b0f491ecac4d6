//! The dashboard's entry in the browser.

fn main() {
    switchyard_ui::mount();
}
