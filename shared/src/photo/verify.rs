//! The second look: is a file a picture and nothing else?
//!
//! This shares no code that walks a file with what cleans it, and forgives nothing: it knows the
//! form that cleaning writes, so that a fault there is found here.

use super::exif;
use super::jpeg::{APP0, APP1, APP2, APP14, DAC, DHT, DQT, DRI, EOI, PROFILE_HEADER, SOI, SOS};
use super::sniff::{self, PNG_SIGNATURE};
use super::{MediaType, Orientation, png};

pub(super) fn is_only_a_picture(bytes: &[u8]) -> bool {
    let walked = match sniff::media_type(bytes) {
        Ok(MediaType::Jpeg) => jpeg(bytes),
        Ok(MediaType::Png) => png(bytes),
        Ok(MediaType::Webp) => webp(bytes),
        Err(_) => None,
    };
    walked.is_some() && !TELLTALES.iter().any(|telltale| contains(bytes, telltale))
}

/// What metadata begins with, wherever it hides; too long to occur in a picture by chance.
const TELLTALES: [&[u8]; 3] = [b"http://ns.adobe.com/", b"<x:xmpmeta", b"Photoshop 3.0\0"];

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// `Some` when the file was followed to its end and held nothing unexpected.
fn jpeg(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.strip_prefix(&[0xFF, SOI])?;
    let mut turned = false;
    loop {
        let (&[escape, marker], after) = rest.split_first_chunk::<2>()?;
        if escape != 0xFF {
            return None;
        }
        if marker == EOI {
            return after.is_empty().then_some(());
        }
        let (length, _) = after.split_first_chunk::<2>()?;
        let (segment, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let body = segment.get(2..)?;
        rest = after;
        let expected = match marker {
            APP0 => body.len() == 14 && body.starts_with(b"JFIF\0") && body.ends_with(&[0, 0]),
            APP1 => !std::mem::replace(&mut turned, true) && is_our_exif(body),
            APP2 => body.starts_with(PROFILE_HEADER),
            APP14 => body.len() == 12 && body.starts_with(b"Adobe"),
            0xC0..=0xC2 | 0xC9 | 0xCA | DQT | DHT | DAC | DRI => true,
            SOS => {
                let end = rest.windows(2).position(
                    |pair| matches!(pair, [0xFF, next] if !matches!(next, 0 | 0xD0..=0xD7 | 0xFF)),
                )?;
                // Fill bytes before a restart marker belong to the scan, others were not written.
                rest = rest.get(end..)?;
                true
            }
            _ => false,
        };
        if !expected {
            return None;
        }
    }
}

fn is_our_exif(body: &[u8]) -> bool {
    (2..=8).any(|value| body == exif::only_orientation(Orientation::from_exif(value)))
}

fn png(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.strip_prefix(PNG_SIGNATURE)?;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (name, after) = after.split_first_chunk::<4>()?;
        if !png::is_drawing(name) {
            return None;
        }
        let size = (u32::from_be_bytes(*length) as usize).checked_add(4)?;
        rest = after.get(size..)?;
        if name == b"IEND" {
            return (size == 4 && rest.is_empty()).then_some(());
        }
    }
}

fn webp(bytes: &[u8]) -> Option<()> {
    let (size, body) = bytes.strip_prefix(b"RIFF")?.split_first_chunk::<4>()?;
    if u32::from_le_bytes(*size) as usize != body.len() {
        return None;
    }
    webp_chunks(
        body.strip_prefix(b"WEBP")?,
        &[b"VP8X", b"ICCP", b"ANIM", b"ANMF"],
    )
}

/// The chunks of a file, or of a frame in it, where only those that draw stand.
fn webp_chunks(mut rest: &[u8], others: &[&[u8; 4]]) -> Option<()> {
    while !rest.is_empty() {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let (data, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        rest = match data.len() % 2 {
            0 => after,
            _ => after.strip_prefix(&[0])?,
        };
        let pictures: [&[u8; 4]; 3] = [b"VP8 ", b"VP8L", b"ALPH"];
        if !pictures.contains(&name) && !others.contains(&name) {
            return None;
        }
        match name {
            // Bits 2 and 3: XMP and EXIF.
            b"VP8X" if data.first()? & 0x0C != 0 => return None,
            b"ANMF" => webp_chunks(data.get(16..)?, &[])?,
            _ => {}
        }
    }
    Some(())
}
