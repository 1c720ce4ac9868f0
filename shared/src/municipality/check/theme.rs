//! Colours, and whether what is drawn in them can be read (WCAG 2.2, 1.4.3 and 1.4.11).

use super::{Check, Fault, pointer, some_of};

/// What a theme may set; the widget's stylesheet has the same names behind `--balagh-`.
const TOKENS: [&str; 7] = [
    "brand", "on-brand", "dusk", "saffron", "radius", "font", "ornament",
];
/// The widget's own values where the theme says nothing: `widget/style/00-tokens.css`.
const OWN: [(&str, Colour); 4] = [
    ("brand", Colour(0x0E, 0x6A, 0x4F)),
    ("on-brand", Colour(0xFF, 0xFF, 0xFF)),
    ("dusk", Colour(0x10, 0x30, 0x3F)),
    ("saffron", Colour(0xF2, 0xB6, 0x32)),
];
const SURFACE: Colour = Colour(0xFF, 0xFF, 0xFF);
const BACKGROUND: Colour = Colour(0xF4, 0xF7, 0xF6);
const ON_DUSK: Colour = Colour(0xFF, 0xFF, 0xFF);
const ON_DUSK_2: Colour = Colour(0xB9, 0xCF, 0xD6);
/// How much of the brand is in the tint behind selected things.
const TINT: f64 = 0.13;
/// Least contrast of text, and of what is no text but must be seen.
const TEXT: f64 = 4.5;
const GRAPHIC: f64 = 3.0;
/// Most rounding, in CSS pixels.
const RADIUS: u32 = 24;

#[derive(Clone, Copy)]
struct Colour(u8, u8, u8);

impl Check<'_> {
    pub(super) fn theme(&mut self) {
        let theme = &self.document.theme.0;
        for (token, value) in theme {
            let path = pointer("/theme", token);
            if !TOKENS.contains(&token.as_str()) {
                let message = format!("there is no token {token:?}");
                let instead = format!("name one of {}", some_of(&TOKENS));
                let fault = Fault::new(path, "theme.unknown", message, instead);
                self.faults.push(fault.near(token, TOKENS.into_iter()));
            } else if OWN.iter().any(|(own, _)| own == token) && Colour::parse(value).is_none() {
                let message = format!("{value:?} is no colour");
                let instead = "write it in hexadecimal, such as #0E6A4F";
                self.fault(path, "theme.colour", message, instead);
            } else if token == "radius" && !is_radius(value) {
                let message = format!("{value:?} is no radius");
                let instead = format!("write 0px to {RADIUS}px");
                self.fault(path, "theme.radius", message, instead);
            }
        }
        self.contrasts();
    }

    /// In the light theme: in the dark one a page's brand is drawn on surfaces that are mixed from
    /// it by the stylesheet.
    fn contrasts(&mut self) {
        let theme = &self.document.theme.0;
        let colour = |token: &str| {
            let own = OWN.iter().find(|(own, _)| *own == token).map(|(_, it)| *it);
            let themed = theme.get(token).and_then(|value| Colour::parse(value));
            themed.or(own).unwrap_or(SURFACE)
        };
        let (brand, on_brand) = (colour("brand"), colour("on-brand"));
        let (dusk, saffron) = (colour("dusk"), colour("saffron"));
        let tint = SURFACE.mixed_with(brand, TINT);
        let pairs = [
            ("on-brand", "brand", on_brand, brand, TEXT),
            ("brand", "the surface", brand, SURFACE, TEXT),
            ("brand", "the background", brand, BACKGROUND, TEXT),
            ("brand", "its tint", brand, tint, TEXT),
            ("dusk", "white text", ON_DUSK, dusk, TEXT),
            ("dusk", "the second text", ON_DUSK_2, dusk, TEXT),
            ("saffron", "dusk", saffron, dusk, GRAPHIC),
        ];
        for (token, against, first, second, least) in pairs {
            let is_themed = theme.contains_key(token) || theme.contains_key(against);
            let contrast = first.contrast(second);
            if is_themed && contrast < least {
                // The token that the theme has set, where the other is the widget's own.
                let at = if theme.contains_key(token) {
                    token
                } else {
                    against
                };
                let rounded = libm::floor(contrast * 100.0) / 100.0;
                self.fault(
                    format!("/theme/{at}"),
                    "theme.contrast",
                    format!("{token} and {against} have a contrast of {rounded} to 1"),
                    format!("write a darker or lighter colour: at least {least} to 1"),
                );
            }
        }
    }
}

impl Colour {
    /// `#RGB` or `#RRGGBB`.
    fn parse(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#')?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let part = |shift: u32, mask: u32| u8::try_from(number >> shift & mask).ok();
        match digits.len() {
            3 => Some(Colour(
                part(8, 15)? * 17,
                part(4, 15)? * 17,
                part(0, 15)? * 17,
            )),
            6 => Some(Colour(part(16, 255)?, part(8, 255)?, part(0, 255)?)),
            _ => None,
        }
    }

    /// `share` of the other in this one.
    fn mixed_with(self, other: Colour, share: f64) -> Colour {
        let mix = |own: u8, other: u8| {
            libm::round(f64::from(own) * (1.0 - share) + f64::from(other) * share) as u8
        };
        Colour(
            mix(self.0, other.0),
            mix(self.1, other.1),
            mix(self.2, other.2),
        )
    }

    /// WCAG's contrast ratio, 1 to 21.
    fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG's relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                libm::pow((part + 0.055) / 1.055, 2.4)
            }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

fn is_radius(text: &str) -> bool {
    text.strip_suffix("px")
        .and_then(|number| number.parse::<u32>().ok())
        .is_some_and(|number| number <= RADIUS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: &str, second: &str, expected: f64) {
        let colour = |text| Colour::parse(text).unwrap();
        let contrast = colour(first).contrast(colour(second));
        assert!((contrast - expected).abs() < 0.01, "{contrast}");
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        check("#000", "#FFFFFF", 21.0);
        check("#777777", "#FFF", 4.48);
        check("#0E6A4F", "#FFFFFF", 6.58);
    }

    #[test]
    fn the_widgets_own_tokens_are_the_stylesheets() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../widget/style/00-tokens.css");
        let style = std::fs::read_to_string(path).unwrap();
        for (token, Colour(r, g, b)) in OWN {
            let said = format!("--{token}: var(--balagh-{token}, #{r:02X}{g:02X}{b:02X})");
            assert!(style.contains(&said), "{said}");
        }
    }
}
