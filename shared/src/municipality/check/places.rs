//! What the map shows.

use super::Check;
use super::written::is_web_address;

impl Check<'_> {
    pub(super) fn places(&mut self) {
        let document = self.document;
        let [lon, lat] = document.view.center;
        if !(-180.0..=180.0).contains(&lon) || !(-90.0..=90.0).contains(&lat) {
            self.fault(
                "/view/center",
                "view.center",
                format!("[{lon}, {lat}] is no place on earth"),
                "write longitude, then latitude, in degrees",
            );
        }
        if !(0.0..=22.0).contains(&document.view.zoom) {
            self.fault(
                "/view/zoom",
                "view.zoom",
                format!("the map has no zoom level {}", document.view.zoom),
                "write 0 to 22; a city shows at 11",
            );
        }
        if let Some(tiles) = &document.tiles {
            let has_all = ["{z}", "{x}", "{y}"]
                .iter()
                .all(|part| tiles.url.contains(part));
            if !is_web_address(&tiles.url) || !has_all {
                self.fault(
                    "/tiles/url",
                    "url.tiles",
                    format!("{:?} is no address of tiles", tiles.url),
                    "write an https address with {z}, {x} and {y}",
                );
            }
            if tiles.attribution.trim().is_empty() {
                self.fault(
                    "/tiles/attribution",
                    "tiles.attribution",
                    "nobody is credited for the map",
                    "write what the provider of the tiles asks for",
                );
            }
        }
        let layers = &document.layers;
        let named = [
            ("districts", Some(&layers.districts)),
            ("neighbours", layers.neighbours.as_ref()),
        ];
        for (name, layer) in named {
            let Some(layer) = layer else { continue };
            for language in &document.languages {
                if !layer.names.contains_key(language) {
                    self.fault(
                        format!("/layers/{name}/names/{language}"),
                        "label.missing",
                        format!("no property holds the names in {language:?}, which is offered"),
                        "name the property, or take the language out of /languages",
                    );
                }
            }
        }
    }
}
