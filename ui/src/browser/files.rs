//! Files that the user chooses.

use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlInputElement;

/// Above this a file is none of ours, and reading it would stop the page.
const LARGEST: f64 = 40.0 * 1024.0 * 1024.0;

/// The name and the text of the file that was chosen; nothing where the choice was taken back.
pub(crate) async fn chosen(event: &web_sys::Event) -> Result<Option<(String, String)>, JsValue> {
    let input: HtmlInputElement = event.target().ok_or(JsValue::NULL)?.dyn_into()?;
    let Some(file) = input.files().and_then(|files| files.get(0)) else { return Ok(None) };
    if file.size() > LARGEST {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(file.text()).await?;
    Ok(Some((file.name(), text.as_string().ok_or(JsValue::NULL)?)))
}
