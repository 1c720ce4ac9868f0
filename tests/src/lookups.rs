//! District lookups as wasm, one call a lookup: what `cargo xtask bench district` measures beside
//! JavaScript's libraries.

use std::cell::RefCell;

use balagh_shared::district::Pack;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static PACK: RefCell<Pack> = RefCell::new(Pack::empty());
}

/// Opens a pack for [`district_at`]; whether it is one.
#[wasm_bindgen(js_name = openPack)]
#[must_use]
pub fn open_pack(bytes: &[u8]) -> bool {
    let opened = Pack::open(bytes);
    let is_open = opened.is_ok();
    if let Ok(pack) = opened {
        PACK.set(pack);
    }
    is_open
}

/// The position of the district that contains the point; −1 for none.
#[wasm_bindgen(js_name = districtAt)]
#[must_use]
pub fn district_at(lon: f64, lat: f64) -> i32 {
    PACK.with_borrow(|pack| {
        let found = pack.district_at(lon, lat).ok().flatten();
        found.map_or(-1, |area| area.position() as i32)
    })
}
