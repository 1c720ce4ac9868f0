//! JPEG (ITU-T T.81, JFIF 1.02): a list of segments, with compressed scans between them.
//!
//! Kept are the segments a decoder needs, each checked to hold what it should and nothing more, so
//! that none can carry a message under an innocent name. Scans are copied as they are.

use super::exif::{self, EXIF_HEADER};
use super::reader::Reader;
use super::{MediaType, Orientation, PhotoError, PhotoInfo};

pub(super) fn inspect(bytes: &[u8]) -> Result<PhotoInfo, PhotoError> {
    let mut orientation = None;
    let mut size = None;
    let mut segments = Segments::new(bytes)?;
    // Viewers read the tables up to the first scan, and of several EXIF blocks the first.
    while let Some(Segment::Table { marker, body }) = segments.next()? {
        if marker == APP1 {
            orientation = orientation.or(body.strip_prefix(EXIF_HEADER).map(exif::orientation));
        } else if is_frame(marker)? {
            size = Some(frame_size(body)?);
        }
    }
    let (width, height) = size.ok_or(PhotoError::Broken)?;
    Ok(PhotoInfo {
        media_type: MediaType::Jpeg,
        width,
        height,
        orientation: orientation.unwrap_or(Orientation::UPRIGHT),
    })
}

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, PhotoError> {
    let orientation = inspect(bytes)?.orientation;
    let mut kept = Kept {
        body: Vec::with_capacity(bytes.len()),
        ..Kept::default()
    };
    let mut segments = Segments::new(bytes)?;
    while let Some(segment) = segments.next()? {
        kept.take(segment)?;
    }
    if !kept.scan {
        return Err(PhotoError::Broken);
    }
    let mut cleaned = Vec::with_capacity(kept.body.len() + 64);
    cleaned.extend([0xFF, SOI]);
    if let Some(jfif) = kept.jfif {
        push(&mut cleaned, APP0, &jfif);
    }
    if orientation != Orientation::UPRIGHT {
        push(&mut cleaned, APP1, &exif::only_orientation(orientation));
    }
    cleaned.append(&mut kept.body);
    cleaned.extend([0xFF, EOI]);
    Ok(cleaned)
}

pub(super) const SOI: u8 = 0xD8;
pub(super) const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;
pub(super) const DQT: u8 = 0xDB;
pub(super) const DHT: u8 = 0xC4;
pub(super) const DAC: u8 = 0xCC;
pub(super) const DRI: u8 = 0xDD;
pub(super) const APP0: u8 = 0xE0;
pub(super) const APP1: u8 = 0xE1;
pub(super) const APP2: u8 = 0xE2;
pub(super) const APP14: u8 = 0xEE;
const COM: u8 = 0xFE;

/// What an APP2 segment with a piece of a colour profile begins with.
pub(super) const PROFILE_HEADER: &[u8; 12] = b"ICC_PROFILE\0";

/// A part of the file.
enum Segment<'a> {
    /// A marker with its body, the length left off.
    Table { marker: u8, body: &'a [u8] },
    /// A scan: its header, and the compressed data with stuffing and restart markers.
    Scan { header: &'a [u8], data: &'a [u8] },
}

/// The segments from the start of the image to its end, in order.
struct Segments<'a> {
    reader: Reader<'a>,
}

impl<'a> Segments<'a> {
    fn new(bytes: &'a [u8]) -> Result<Segments<'a>, PhotoError> {
        let mut reader = Reader::new(bytes);
        if reader.array()? != [0xFF, SOI] {
            return Err(PhotoError::Broken);
        }
        Ok(Segments { reader })
    }

    /// The next segment; `None` at the end of the image, whatever the file holds after it.
    fn next(&mut self) -> Result<Option<Segment<'a>>, PhotoError> {
        match self.marker()? {
            EOI => Ok(None),
            SOS => {
                let header = self.body()?;
                let length = scan_length(self.reader.rest()).ok_or(PhotoError::Broken)?;
                Ok(Some(Segment::Scan {
                    header,
                    data: self.reader.take(length)?,
                }))
            }
            marker if is_segment(marker) => Ok(Some(Segment::Table {
                marker,
                body: self.body()?,
            })),
            _ => Err(PhotoError::Broken),
        }
    }

    /// The next marker. Stray bytes before it are passed over as decoders do, and not copied.
    fn marker(&mut self) -> Result<u8, PhotoError> {
        loop {
            while self.reader.u8()? != 0xFF {}
            // Any number of fill bytes may stand before a marker.
            let marker = loop {
                match self.reader.u8()? {
                    0xFF => {}
                    marker => break marker,
                }
            };
            if marker != 0 && !is_restart(marker) {
                return Ok(marker);
            }
        }
    }

    fn body(&mut self) -> Result<&'a [u8], PhotoError> {
        let length = usize::from(self.reader.u16_be()?);
        self.reader
            .take(length.checked_sub(2).ok_or(PhotoError::Broken)?)
    }
}

/// How many bytes of compressed data there are before the next marker that is neither a stuffed
/// zero nor a restart. Fill bytes before that marker are not part of the data.
fn scan_length(data: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += data.get(at..)?.iter().position(|byte| *byte == 0xFF)?;
        let fill = data.get(at..)?.iter().position(|byte| *byte != 0xFF)?;
        let marker = *data.get(at + fill)?;
        if marker != 0 && !is_restart(marker) {
            return Some(at);
        }
        at += fill + 1;
    }
}

fn is_restart(marker: u8) -> bool {
    (0xD0..=0xD7).contains(&marker)
}

/// Markers that a length follows and that occur in the files we take: tables, frames, definitions,
/// applications, comments. Reserved markers, nested images and hierarchical frames are not among
/// them.
fn is_segment(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF | DQT | 0xDC | DRI | 0xE0..=0xEF | COM)
}

/// Whether a segment starts a frame; frames of processes that no browser draws are refused.
fn is_frame(marker: u8) -> Result<bool, PhotoError> {
    match marker {
        // Baseline, extended sequential and progressive, by Huffman; the same two by arithmetic.
        0xC0..=0xC2 | 0xC9 | 0xCA => Ok(true),
        // Lossless and differential frames, and the reserved extension.
        0xC3 | 0xC5..=0xC8 | 0xCB | 0xCD..=0xCF => Err(PhotoError::Type),
        _ => Ok(false),
    }
}

/// Width and height in a frame's header, which is checked to have its right length.
fn frame_size(body: &[u8]) -> Result<(u32, u32), PhotoError> {
    let mut reader = Reader::new(body);
    let _precision = reader.u8()?;
    let (height, width) = (reader.u16_be()?, reader.u16_be()?);
    let components = usize::from(reader.u8()?);
    if !(1..=4).contains(&components) || reader.rest().len() != components * 3 {
        return Err(PhotoError::Broken);
    }
    // A height of 0 promises it for after the first scan; nobody writes such files any more.
    Ok((width.into(), height.into()))
}

/// What is kept of a file.
#[derive(Default)]
struct Kept {
    body: Vec<u8>,
    jfif: Option<Vec<u8>>,
    /// Pieces of the colour profile so far.
    profile: u8,
    frame: bool,
    scan: bool,
}

impl Kept {
    fn take(&mut self, segment: Segment<'_>) -> Result<(), PhotoError> {
        match segment {
            Segment::Scan { header, data } => {
                if !self.frame || !is_scan_header(header) {
                    return Err(PhotoError::Broken);
                }
                self.scan = true;
                push(&mut self.body, SOS, header);
                self.body.extend_from_slice(data);
            }
            Segment::Table { marker, body } if is_frame(marker)? => {
                frame_size(body)?;
                if std::mem::replace(&mut self.frame, true) {
                    return Err(PhotoError::Broken);
                }
                push(&mut self.body, marker, body);
            }
            Segment::Table { marker, body } => match marker {
                DQT | DHT | DAC | DRI => {
                    if !is_exact_table(marker, body) {
                        return Err(PhotoError::Broken);
                    }
                    push(&mut self.body, marker, body);
                }
                APP0 => self.jfif = self.jfif.take().or_else(|| jfif_without_thumbnail(body)),
                APP2 if is_next_piece_of_profile(self.profile, body) => {
                    self.profile += 1;
                    push(&mut self.body, marker, body);
                }
                APP14 => {
                    // "Adobe", version, two words of flags, the colour transform: 12 bytes.
                    if let Some(adobe) = body.get(..12).filter(|_| body.starts_with(b"Adobe")) {
                        push(&mut self.body, marker, adobe);
                    }
                }
                _ => {}
            },
        }
        Ok(())
    }
}

fn push(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    // A body comes from a segment or is shorter than one: its length fits.
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    out.extend([0xFF, marker]);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(body);
}

/// "JFIF", version, units and density, with the thumbnail's size set to nothing.
fn jfif_without_thumbnail(body: &[u8]) -> Option<Vec<u8>> {
    let kept = body.get(..12).filter(|_| body.starts_with(b"JFIF\0"))?;
    Some([kept, &[0, 0]].concat())
}

/// Whether a segment is the piece of an ICC profile (ICC.1:2022, annex B.4) that follows `pieces`
/// others. The first piece shows the profile's own signature, so that nothing else takes its name.
fn is_next_piece_of_profile(pieces: u8, body: &[u8]) -> bool {
    let Some((&[number, count], piece)) = body
        .strip_prefix(PROFILE_HEADER)
        .and_then(|rest| rest.split_first_chunk::<2>())
    else {
        return false;
    };
    let follows = pieces.checked_add(1) == Some(number) && number <= count;
    follows && (number > 1 || piece.get(36..40) == Some(b"acsp"))
}

fn is_scan_header(header: &[u8]) -> bool {
    header.split_first().is_some_and(|(components, rest)| {
        (1..=4).contains(components) && rest.len() == usize::from(*components) * 2 + 3
    })
}

/// Whether a table's segment is filled by tables to its last byte.
fn is_exact_table(marker: u8, body: &[u8]) -> bool {
    let mut reader = Reader::new(body);
    match marker {
        DRI => body.len() == 2,
        DAC => body.len().is_multiple_of(2),
        _ => {
            while !reader.is_empty() {
                let one = if marker == DQT {
                    quantisation(&mut reader)
                } else {
                    huffman(&mut reader)
                };
                if one.is_err() {
                    return false;
                }
            }
            true
        }
    }
}

fn quantisation(reader: &mut Reader<'_>) -> Result<(), PhotoError> {
    let bytes = if reader.u8()? >> 4 == 0 { 64 } else { 128 };
    reader.take(bytes).map(|_| ())
}

fn huffman(reader: &mut Reader<'_>) -> Result<(), PhotoError> {
    let _class = reader.u8()?;
    let counts: [u8; 16] = reader.array()?;
    let symbols: usize = counts.iter().map(|count| usize::from(*count)).sum();
    if symbols > 256 {
        return Err(PhotoError::Broken);
    }
    reader.take(symbols).map(|_| ())
}
