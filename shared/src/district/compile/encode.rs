//! The bytes of a pack, written. The layout stands in the decoder's page.

use sha2::{Digest, Sha256};

use super::topology::Topology;
use super::{AreaDraft, LayerDraft, label};
use crate::district::area::Role;
use crate::district::decode::{FLAG_NEIGHBOURS, FLAG_PARTITION, MAGIC, VERSION};

pub(super) fn encode(layers: &[LayerDraft], topology: &Topology) -> Vec<u8> {
    let mut write = Writer { bytes: Vec::new() };
    write.bytes.extend_from_slice(&MAGIC);
    write.bytes.push(VERSION);

    let languages = languages(layers);
    write.count(languages.len());
    for language in &languages {
        write.text(language);
    }
    write.count(layers.len());
    for layer in layers {
        let neighbours = if layer.role == Role::Neighbours {
            FLAG_NEIGHBOURS
        } else {
            0
        };
        let partition = if layer.is_partition {
            FLAG_PARTITION
        } else {
            0
        };
        write.text(&layer.name);
        write.number(neighbours | partition);
        write.count(layer.areas.len());
    }
    write.areas(layers, &languages);
    write.arcs(topology);
    write.rings(layers, topology);
    write.labels(layers);

    let checksum = Sha256::digest(&write.bytes);
    write.bytes.extend_from_slice(&checksum);
    write.bytes
}

fn languages(layers: &[LayerDraft]) -> Vec<&str> {
    let mut languages: Vec<&str> = Vec::new();
    for language in layers.iter().flat_map(|layer| &layer.languages) {
        if !languages.contains(&language.as_str()) {
            languages.push(language);
        }
    }
    languages
}

fn areas(layers: &[LayerDraft]) -> impl Iterator<Item = &AreaDraft> {
    layers.iter().flat_map(|layer| &layer.areas)
}

struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn areas(&mut self, layers: &[LayerDraft], languages: &[&str]) {
        for area in areas(layers) {
            self.text(&area.id);
        }
        for area in areas(layers) {
            self.text(area.parent.as_deref().unwrap_or_default());
        }
        for language in languages {
            for layer in layers {
                let position = layer.languages.iter().position(|code| code == language);
                for area in &layer.areas {
                    let name = position.and_then(|position| area.names.get(position));
                    self.text(name.map(String::as_str).unwrap_or_default());
                }
            }
        }
    }

    fn arcs(&mut self, topology: &Topology) {
        self.count(topology.arcs.len());
        for arc in &topology.arcs {
            self.count(arc.len());
        }
        let vertices = || topology.arcs.iter().flatten();
        self.steps(vertices().map(|vertex| vertex.x));
        self.steps(vertices().map(|vertex| vertex.y));
    }

    fn rings(&mut self, layers: &[LayerDraft], topology: &Topology) {
        let mut rings = topology.rings.iter();
        let mut last = 0;
        for area in areas(layers) {
            self.count(area.polygons.len());
            for polygon in &area.polygons {
                self.count(polygon.len());
                for ring in rings.by_ref().take(polygon.len()) {
                    self.count(ring.len());
                    for used in ring {
                        let index = used.index as i64;
                        self.number(zigzag(index - last) << 1 | u64::from(used.reversed));
                        last = index;
                    }
                }
            }
        }
    }

    fn labels(&mut self, layers: &[LayerDraft]) {
        let (mut x, mut y) = (0, 0);
        for area in areas(layers) {
            let label = label::place(&area.polygons);
            self.step(&mut x, label.x);
            self.step(&mut y, label.y);
        }
    }

    fn steps(&mut self, values: impl Iterator<Item = i32>) {
        let mut last = 0;
        for value in values {
            self.step(&mut last, value);
        }
    }

    fn step(&mut self, last: &mut i32, to: i32) {
        self.number(zigzag(i64::from(to) - i64::from(*last)));
        *last = to;
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}
