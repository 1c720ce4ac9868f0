//! WebP (RFC 9649): a RIFF container. Either one chunk with the picture, or a header chunk `VP8X`
//! and a list in which metadata may stand.

use super::reader::Reader;
use super::{MediaType, Orientation, PhotoError, PhotoInfo};

pub(super) fn inspect(bytes: &[u8]) -> Result<PhotoInfo, PhotoError> {
    let first = Chunks::of_file(bytes)?.next().ok_or(PhotoError::Broken)??;
    let (width, height) = match &first.name {
        b"VP8X" => canvas(first.data)?,
        _ => picture_size(&first)?,
    };
    Ok(PhotoInfo {
        media_type: MediaType::Webp,
        width,
        height,
        orientation: Orientation::UPRIGHT,
    })
}

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, PhotoError> {
    let mut chunks = Chunks::of_file(bytes)?;
    let first = chunks.next().ok_or(PhotoError::Broken)??;
    let mut body = b"WEBP".to_vec();
    if &first.name == b"VP8X" {
        extended(first.data, chunks, bytes.len(), &mut body)?;
    } else {
        // The simple form is one picture; what follows it no reader needs.
        picture_size(&first)?;
        push(&mut body, &first.name, first.data);
    }
    let mut cleaned = Vec::with_capacity(body.len() + 8);
    push(&mut cleaned, b"RIFF", &body);
    Ok(cleaned)
}

/// Flags of `VP8X`, its first byte.
const ANIMATION: u8 = 0x02;
const ALPHA: u8 = 0x10;
const PROFILE: u8 = 0x20;

/// Copies the extended form.
fn extended(
    header: &[u8],
    chunks: Chunks<'_>,
    capacity: usize,
    body: &mut Vec<u8>,
) -> Result<(), PhotoError> {
    let canvas = canvas(header)?;
    let flags = *header.first().ok_or(PhotoError::Broken)?;
    let size = header.get(4..10).ok_or(PhotoError::Broken)?;
    let animated = flags & ANIMATION != 0;
    let mut kept: Vec<u8> = Vec::with_capacity(capacity);
    let (mut profile, mut pictures) = (false, 0_u32);
    for chunk in chunks {
        let chunk = chunk?;
        match &chunk.name {
            b"ICCP" if !profile && is_profile(chunk.data) => {
                profile = true;
                push(&mut kept, &chunk.name, chunk.data);
            }
            b"ANIM" if animated && chunk.data.len() == 6 => {
                push(&mut kept, &chunk.name, chunk.data);
            }
            b"ANMF" if animated => {
                push(&mut kept, &chunk.name, &frame(chunk.data, canvas)?);
                pictures += 1;
            }
            b"ALPH" if !animated && pictures == 0 => push(&mut kept, &chunk.name, chunk.data),
            b"VP8 " | b"VP8L" if !animated && pictures == 0 => {
                // A still picture fills its canvas.
                if picture_size(&chunk)? != canvas {
                    return Err(PhotoError::Broken);
                }
                push(&mut kept, &chunk.name, chunk.data);
                pictures += 1;
            }
            _ => {}
        }
    }
    if pictures == 0 {
        return Err(PhotoError::Broken);
    }
    // Of the flags those that are still true; EXIF, XMP and the reserved ones are not.
    let profile = if profile { PROFILE } else { 0 };
    let flags = flags & (ANIMATION | ALPHA) | profile;
    push(body, b"VP8X", &[&[flags, 0, 0, 0], size].concat());
    body.append(&mut kept);
    Ok(())
}

/// A frame of an animation: 16 bytes of place and time, then its picture, and of anything else
/// that stands with it nothing.
fn frame(data: &[u8], canvas: (u32, u32)) -> Result<Vec<u8>, PhotoError> {
    let mut reader = Reader::new(data);
    let mut kept = reader.take(16)?.to_vec();
    let mut pictures = 0;
    for chunk in Chunks::new(reader.rest()) {
        let chunk = chunk?;
        match &chunk.name {
            b"ALPH" if pictures == 0 => push(&mut kept, &chunk.name, chunk.data),
            b"VP8 " | b"VP8L" if pictures == 0 => {
                let (width, height) = picture_size(&chunk)?;
                if width > canvas.0 || height > canvas.1 {
                    return Err(PhotoError::Broken);
                }
                push(&mut kept, &chunk.name, chunk.data);
                pictures += 1;
            }
            _ => {}
        }
    }
    if pictures == 0 {
        Err(PhotoError::Broken)
    } else {
        Ok(kept)
    }
}

struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
}

/// The chunks of a container, until its end or the first that does not fit.
struct Chunks<'a> {
    reader: Reader<'a>,
}

impl<'a> Chunks<'a> {
    fn new(bytes: &'a [u8]) -> Chunks<'a> {
        Chunks {
            reader: Reader::new(bytes),
        }
    }

    /// The chunks inside `RIFF … WEBP`; bytes after the container are not looked at.
    fn of_file(bytes: &'a [u8]) -> Result<Chunks<'a>, PhotoError> {
        let mut reader = Reader::new(bytes);
        let riff: [u8; 4] = reader.array()?;
        let length = reader.u32_le()? as usize;
        let body = reader.take(length)?;
        let chunks = body.strip_prefix(b"WEBP").filter(|_| &riff == b"RIFF");
        chunks.map(Chunks::new).ok_or(PhotoError::Broken)
    }

    fn read(&mut self) -> Result<Chunk<'a>, PhotoError> {
        let name = self.reader.array()?;
        let length = self.reader.u32_le()? as usize;
        let data = self.reader.take(length)?;
        // Chunks begin at even places. Some writers leave the last byte of padding out.
        if length % 2 == 1 && !self.reader.is_empty() {
            self.reader.u8()?;
        }
        Ok(Chunk { name, data })
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, PhotoError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let chunk = self.read();
        if chunk.is_err() {
            self.reader = Reader::new(&[]);
        }
        Some(chunk)
    }
}

fn push(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    // A chunk's data comes from a file of fewer bytes than fit 32 bits.
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(name);
    out.extend(length.to_le_bytes());
    out.extend_from_slice(data);
    if data.len() % 2 == 1 {
        out.push(0);
    }
}

/// The canvas of `VP8X`: flags, three reserved bytes, width − 1 and height − 1 in 24 bits each.
fn canvas(data: &[u8]) -> Result<(u32, u32), PhotoError> {
    let mut reader = Reader::new(data);
    reader.take(4)?;
    let size = (reader.u24_le()? + 1, reader.u24_le()? + 1);
    if reader.is_empty() {
        Ok(size)
    } else {
        Err(PhotoError::Broken)
    }
}

fn picture_size(chunk: &Chunk<'_>) -> Result<(u32, u32), PhotoError> {
    let mut reader = Reader::new(chunk.data);
    match &chunk.name {
        b"VP8 " => {
            // RFC 6386, 9.1: a key frame (bit 0 clear), the start code, 14 bits of each side with
            // 2 of scaling above.
            let tag = reader.u24_le()?;
            let start: [u8; 3] = reader.array()?;
            let (width, height) = (reader.u16_le()?, reader.u16_le()?);
            if tag & 1 == 1 || start != [0x9D, 0x01, 0x2A] {
                return Err(PhotoError::Broken);
            }
            Ok((u32::from(width & 0x3FFF), u32::from(height & 0x3FFF)))
        }
        b"VP8L" => {
            // RFC 9649, 3.4: the signature, then 14 bits of each side − 1, alpha, version 0.
            let signature = reader.u8()?;
            let bits = reader.u32_le()?;
            if signature != 0x2F || bits >> 29 != 0 {
                return Err(PhotoError::Broken);
            }
            Ok(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        _ => Err(PhotoError::Broken),
    }
}

/// Whether a chunk is an ICC profile by its own signature.
fn is_profile(data: &[u8]) -> bool {
    data.get(36..40) == Some(b"acsp")
}
