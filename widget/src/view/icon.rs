//! Drawings: the files of `widget/icons`, compiled in.

use super::element::El;

impl El {
    /// Adds the icon `name` of 24 × 24, with further classes: `s` for a smaller one, `flip`
    /// for those that mirror in right-to-left.
    pub(crate) fn icon(self, name: &str, classes: &str) -> El {
        self.svg("0 0 24 24", &["i ", classes].concat(), paths(name))
    }

    /// Adds the picture of a group of categories, 32 × 32.
    pub(crate) fn picture(self, name: &str) -> El {
        self.svg("0 0 32 32", "pic", paths(name))
    }

    /// Adds the map's pin: `pin-s` on the path and the timeline, `pin-map` on the map.
    pub(crate) fn pin(self, class: &str) -> El {
        self.svg("0 0 32 40", class, include_str!("../../icons/pin.svg"))
    }

    /// Adds the widget's mark.
    pub(crate) fn mark(self) -> El {
        self.svg("0 0 32 34", "mark", include_str!("../../icons/mark.svg"))
    }

    fn svg(self, view_box: &str, class: &str, paths: &str) -> El {
        self.drawing(
            &[
                "<svg class=\"",
                class,
                "\" viewBox=\"",
                view_box,
                "\" aria-hidden=\"true\" focusable=\"false\">",
                paths,
                "</svg>",
            ]
            .concat(),
        )
    }
}

fn paths(name: &str) -> &'static str {
    match name {
        "cleanliness" => include_str!("../../icons/cleanliness.svg"),
        "lighting" => include_str!("../../icons/lighting.svg"),
        "visual" => include_str!("../../icons/visual.svg"),
        "vehicles" => include_str!("../../icons/vehicles.svg"),
        "encroachment" => include_str!("../../icons/encroachment.svg"),
        "food" => include_str!("../../icons/food.svg"),
        "roads" => include_str!("../../icons/roads.svg"),
        "health" => include_str!("../../icons/health.svg"),
        "markets" => include_str!("../../icons/markets.svg"),
        "salons" => include_str!("../../icons/salons.svg"),
        "parks" => include_str!("../../icons/parks.svg"),
        "other" => include_str!("../../icons/other.svg"),
        "back" => include_str!("../../icons/back.svg"),
        "camera" => include_str!("../../icons/camera.svg"),
        "check" => include_str!("../../icons/check.svg"),
        "clock" => include_str!("../../icons/clock.svg"),
        "close" => include_str!("../../icons/close.svg"),
        "copy" => include_str!("../../icons/copy.svg"),
        "distance" => include_str!("../../icons/distance.svg"),
        "document" => include_str!("../../icons/document.svg"),
        "down" => include_str!("../../icons/down.svg"),
        "edit" => include_str!("../../icons/edit.svg"),
        "globe" => include_str!("../../icons/globe.svg"),
        "info" => include_str!("../../icons/info.svg"),
        "list" => include_str!("../../icons/list.svg"),
        "locate" => include_str!("../../icons/locate.svg"),
        "lock" => include_str!("../../icons/lock.svg"),
        "message" => include_str!("../../icons/message.svg"),
        "minus" => include_str!("../../icons/minus.svg"),
        "move" => include_str!("../../icons/move.svg"),
        "next" => include_str!("../../icons/next.svg"),
        "offline" => include_str!("../../icons/offline.svg"),
        "people" => include_str!("../../icons/people.svg"),
        "phone" => include_str!("../../icons/phone.svg"),
        "plus" => include_str!("../../icons/plus.svg"),
        "print" => include_str!("../../icons/print.svg"),
        "save" => include_str!("../../icons/save.svg"),
        "search" => include_str!("../../icons/search.svg"),
        "send" => include_str!("../../icons/send.svg"),
        "share" => include_str!("../../icons/share.svg"),
        "star" => include_str!("../../icons/star.svg"),
        "thanks" => include_str!("../../icons/thanks.svg"),
        "user" => include_str!("../../icons/user.svg"),
        "trash" => include_str!("../../icons/trash.svg"),
        "up" => include_str!("../../icons/up.svg"),
        "warning" => include_str!("../../icons/warning.svg"),
        // A document may name a picture that this build does not have.
        _ => include_str!("../../icons/other.svg"),
    }
}

/// The dusk lattice of the first screen and the receipt.
pub(crate) fn lattice() -> &'static str {
    include_str!("../../icons/lattice.svg")
}

/// From the phone, by the pin, to the arch: a report under way.
pub(crate) fn journey() -> &'static str {
    concat!(
        "<svg class=\"journey flip\" viewBox=\"0 0 320 128\" aria-hidden=\"true\">",
        "<path d=\"M62 98h83\" stroke=\"var(--brand)\" stroke-width=\"2.5\"/>",
        "<path d=\"M154 98h84\" stroke=\"var(--edge)\" stroke-width=\"2.5\" stroke-dasharray=\"1 9\"/>",
        "<rect x=\"28\" y=\"52\" width=\"34\" height=\"62\" rx=\"7\" fill=\"var(--surface)\" stroke=\"var(--ink)\" stroke-width=\"2\"/>",
        "<path d=\"M41 106h8\" stroke=\"var(--ink)\" stroke-width=\"2\"/>",
        "<path d=\"M36 64h18M36 72h18M36 80h10\" stroke=\"var(--line)\" stroke-width=\"3\"/>",
        "<path d=\"M246 114V74a23 23 0 0 1 46 0v40Z\" fill=\"var(--tint)\" stroke=\"var(--brand)\" stroke-width=\"2\"/>",
        "<path d=\"M262 114V96a7 7 0 0 1 14 0v18\" stroke=\"var(--brand)\" stroke-width=\"2\" fill=\"var(--surface)\"/>",
        "<path d=\"M269 51V42M236 114h66\" stroke=\"var(--brand)\" stroke-width=\"2\"/>",
        "<svg x=\"124\" y=\"46\" width=\"42\" height=\"53\" viewBox=\"0 0 32 40\">",
        include_str!("../../icons/pin.svg"),
        "</svg></svg>",
    )
}
