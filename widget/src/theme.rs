//! The municipality's colours, where the page around the widget has none of its own.

use balagh_shared::municipality::Theme;
use web_sys::HtmlElement;

use crate::js;

/// Gives `frame` the document's tokens. What the page set for the element `host` goes before them.
pub(crate) fn wear(theme: &Theme, frame: &HtmlElement, host: &HtmlElement) {
    if theme.0.is_empty() {
        return;
    }
    let page = js::call(&js::window(), "getComputedStyle", &[host.into()]);
    // By the object model, which a page's policy on style attributes has nothing against.
    let own = js::get(frame, "style");
    for (token, value) in &theme.0 {
        let name = ["--balagh-", token].concat();
        let set = js::call(&page, "getPropertyValue", &[name.as_str().into()]);
        if set.as_string().is_none_or(|set| set.trim().is_empty()) {
            js::call(&own, "setProperty", &[name.into(), value.as_str().into()]);
        }
    }
}
