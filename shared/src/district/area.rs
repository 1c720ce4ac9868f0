//! What a pack holds, as its readers see it.

use std::fmt;

use super::pack::{Arc, AreaRecord, LayerRecord, Pack, Ring};

/// What the areas of a layer are to the municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its own sub-municipalities, quarters or wards.
    Districts,
    /// Areas that another agency is responsible for.
    Neighbours,
}

/// One layer of a pack.
#[derive(Clone, Copy)]
pub struct Layer<'p> {
    pub(super) pack: &'p Pack,
    pub(super) record: &'p LayerRecord,
}

impl<'p> Layer<'p> {
    /// The layer's name, unique within the pack.
    #[must_use]
    pub fn name(&self) -> &'p str {
        &self.record.name
    }

    /// What its areas are to the municipality.
    #[must_use]
    pub fn role(&self) -> Role {
        self.record.role
    }

    /// Whether no two of its areas overlap: then at most one of them contains a point. In a layer
    /// that is no partition, earlier areas have priority.
    #[must_use]
    pub fn is_partition(&self) -> bool {
        self.record.is_partition
    }

    /// Its areas, in the order of the source.
    pub fn areas(&self) -> impl Iterator<Item = Area<'p>> + use<'p> {
        let pack = self.pack;
        let range = self.record.first..self.record.end;
        pack.areas
            .get(range)
            .unwrap_or_default()
            .iter()
            .map(move |record| Area { pack, record })
    }
}

impl fmt::Debug for Layer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Layer").field(&self.record.name).finish()
    }
}

/// One area of a pack: a district, or what a neighbouring agency is responsible for.
///
/// Equal to another only when both are the same area of the same open pack.
#[derive(Clone, Copy)]
pub struct Area<'p> {
    pub(super) pack: &'p Pack,
    pub(super) record: &'p AreaRecord,
}

impl<'p> Area<'p> {
    /// Its id, unique within its layer.
    #[must_use]
    pub fn id(&self) -> &'p str {
        &self.record.id
    }

    /// Its position among its layer's areas, from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.record.position
    }

    /// Its name in this language.
    #[must_use]
    pub fn name(&self, language: &str) -> Option<&'p str> {
        self.names()
            .find(|(code, _)| *code == language)
            .map(|(_, name)| name)
    }

    /// Language code and name, for each language it has a name in.
    pub fn names(&self) -> impl Iterator<Item = (&'p str, &'p str)> + use<'p> {
        let codes = self.pack.languages.iter().map(String::as_str);
        codes
            .zip(self.record.names.iter().map(String::as_str))
            .filter(|(_, name)| !name.is_empty())
    }

    /// Id of what it belongs to, where the source says so.
    #[must_use]
    pub fn parent(&self) -> Option<&'p str> {
        self.record.parent.as_deref()
    }

    /// Longitude and latitude in degrees of a point well inside its largest part, for a label.
    #[must_use]
    pub fn label_point(&self) -> (f64, f64) {
        self.record.label.degrees()
    }

    /// West, south, east, north in degrees.
    #[must_use]
    pub fn bbox(&self) -> [f64; 4] {
        self.record.bounds.degrees()
    }

    /// Its rings as closed lines of longitude and latitude in degrees, each shell (anticlockwise)
    /// followed by its holes (clockwise). Filled by the even-odd rule they show the area.
    #[must_use]
    pub fn rings(&self) -> Vec<Vec<(f64, f64)>> {
        self.record
            .rings
            .iter()
            .map(|ring| self.ring(ring))
            .collect()
    }

    /// Its polygons, each a shell and its holes: the coordinates of a GeoJSON `MultiPolygon`.
    #[must_use]
    pub fn polygons(&self) -> Vec<Vec<Vec<(f64, f64)>>> {
        let mut polygons: Vec<Vec<_>> = Vec::new();
        for ring in &self.record.rings {
            match polygons.last_mut() {
                Some(polygon) if !ring.is_shell => polygon.push(self.ring(ring)),
                _ => polygons.push(vec![self.ring(ring)]),
            }
        }
        polygons
    }

    fn ring(&self, ring: &Ring) -> Vec<(f64, f64)> {
        let mut line = Vec::new();
        for used in &ring.arcs {
            let Some(arc) = self.pack.arcs.get(used.index) else {
                continue;
            };
            // The end of an arc is the start of the next.
            line.pop();
            if used.reversed {
                line.extend(arc.vertices.iter().rev().map(|vertex| vertex.degrees()));
            } else {
                line.extend(arc.vertices.iter().map(|vertex| vertex.degrees()));
            }
        }
        line
    }
}

impl PartialEq for Area<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.record, other.record)
    }
}

impl fmt::Debug for Area<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Area").field(&self.record.id).finish()
    }
}

/// A border line, with the areas on its two sides.
#[derive(Clone, Copy)]
pub struct Border<'p> {
    pub(super) pack: &'p Pack,
    pub(super) arc: &'p Arc,
}

impl<'p> Border<'p> {
    /// The line as longitudes and latitudes in degrees; a whole ring ends where it begins.
    #[must_use]
    pub fn line(&self) -> Vec<(f64, f64)> {
        self.arc
            .vertices
            .iter()
            .map(|vertex| vertex.degrees())
            .collect()
    }

    /// The area to the left of the line's direction. Where several layers or overlapping areas
    /// share the line it is the first of them in the pack.
    #[must_use]
    pub fn left(&self) -> Option<Area<'p>> {
        self.area(self.arc.left)
    }

    /// The area to the right, chosen like [`Border::left`].
    #[must_use]
    pub fn right(&self) -> Option<Area<'p>> {
        self.area(self.arc.right)
    }

    fn area(&self, index: Option<usize>) -> Option<Area<'p>> {
        let record = self.pack.areas.get(index?)?;
        Some(Area {
            pack: self.pack,
            record,
        })
    }
}

impl fmt::Debug for Border<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Border")
            .field("vertices", &self.arc.vertices.len())
            .field("left", &self.left())
            .field("right", &self.right())
            .finish()
    }
}
