//! What is on the screen.

mod element;
mod frame;
mod icon;
mod parts;

pub(crate) use element::{El, document, el};
#[cfg(test)]
pub(crate) use frame::LANGUAGES;
pub(crate) use frame::{Top, enters, foot, head, on_the_path, root, title};
pub(crate) use icon::{journey, lattice};
pub(crate) use parts::{
    busy_button, button, check_row, errors, field_error, icon_button, invalid, isolated, link,
    note, number, option, summary_row,
};
