//! The bytes of a pack, written. The layout stands in the decoder's page.

use sha2::{Digest, Sha256};

use super::topology::Topology;
use super::{AreaDraft, Grid, LayerDraft, shapes};
use crate::district::area::Role;
use crate::district::decode::{FLAG_NEIGHBOURS, FLAG_PARTITION, MAGIC, VERSION};

pub(super) fn encode(layers: &[LayerDraft], topology: &Topology, grid: Grid) -> Vec<u8> {
    let mut write = Writer { bytes: Vec::new() };
    write.bytes.extend_from_slice(&MAGIC);
    write.bytes.push(VERSION);
    write.number(u64::from(grid.unit.unsigned_abs()));
    write.number(grid.bound_mm);

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
    let (decisions, plain) = shapes::write(layers, topology, grid.unit);
    for stream in [decisions, plain] {
        write.count(stream.len());
        write.bytes.extend_from_slice(&stream);
    }

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
