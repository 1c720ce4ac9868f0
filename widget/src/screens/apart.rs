//! Links that open beside the page, so that nothing on it is left.

use crate::app::App;
use crate::view::{El, el};

/// `link`, opened in a new tab; its name says so.
pub(super) fn apart(app: App, link: El) -> El {
    let told = el("span")
        .class("vh")
        .text(&[" ", &app.t("tab.new")].concat());
    link.attr("target", "_blank")
        .attr("rel", "noopener")
        .child(told)
}
