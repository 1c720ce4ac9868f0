//! PNG (W3C Recommendation, third edition): a signature and a list of chunks with checksums.

use super::reader::Reader;
use super::sniff::PNG_SIGNATURE;
use super::{MediaType, Orientation, PhotoError, PhotoInfo};

pub(super) fn inspect(bytes: &[u8]) -> Result<PhotoInfo, PhotoError> {
    let first = Chunks::new(bytes)?.next()?;
    if &first.name != b"IHDR" || !is_right(&first) {
        return Err(PhotoError::Broken);
    }
    let mut header = Reader::new(first.data);
    Ok(PhotoInfo {
        media_type: MediaType::Png,
        width: header.u32_be()?,
        height: header.u32_be()?,
        orientation: Orientation::UPRIGHT,
    })
}

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, PhotoError> {
    let mut cleaned = Vec::with_capacity(bytes.len());
    cleaned.extend_from_slice(PNG_SIGNATURE);
    let mut seen: Vec<[u8; 4]> = Vec::new();
    let mut chunks = Chunks::new(bytes)?;
    loop {
        let chunk = chunks.next()?;
        let again = seen.contains(&chunk.name);
        // A decoder may pass over a chunk whose name begins with a small letter, and over no other.
        let critical = chunk.name.first().is_some_and(u8::is_ascii_uppercase);
        let wanted = match &chunk.name {
            b"IDAT" | b"fcTL" | b"fdAT" => is_right(&chunk),
            name => is_drawing(name) && !again && is_right(&chunk),
        };
        if critical && !wanted || seen.is_empty() != (&chunk.name == b"IHDR") {
            return Err(PhotoError::Broken);
        }
        if wanted {
            cleaned.extend_from_slice(chunk.whole);
        }
        if !again && is_drawing(&chunk.name) {
            seen.push(chunk.name);
        }
        if &chunk.name == b"IEND" {
            break;
        }
    }
    if !seen.contains(b"IDAT") {
        return Err(PhotoError::Broken);
    }
    Ok(cleaned)
}

/// The chunks that draw the picture. Among the others are text, times, EXIF and what editors
/// invent. Screenshots and scans are stored upright, so no orientation is written here.
pub(super) fn is_drawing(name: &[u8; 4]) -> bool {
    matches!(
        name,
        b"IHDR"
            | b"PLTE"
            | b"IDAT"
            | b"IEND"
            | b"tRNS"
            | b"gAMA"
            | b"cHRM"
            | b"sRGB"
            | b"iCCP"
            | b"sBIT"
            | b"bKGD"
            | b"pHYs"
            | b"acTL"
            | b"fcTL"
            | b"fdAT"
    )
}

/// A chunk whose checksum is right.
struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
    /// Length, name, data and checksum as they stand in the file.
    whole: &'a [u8],
}

struct Chunks<'a> {
    reader: Reader<'a>,
}

impl<'a> Chunks<'a> {
    fn new(bytes: &'a [u8]) -> Result<Chunks<'a>, PhotoError> {
        let mut reader = Reader::new(bytes);
        if &reader.array()? != PNG_SIGNATURE {
            return Err(PhotoError::Broken);
        }
        Ok(Chunks { reader })
    }

    fn next(&mut self) -> Result<Chunk<'a>, PhotoError> {
        let from = self.reader;
        let length = self.reader.u32_be()? as usize;
        let mut checked = self.reader;
        let name: [u8; 4] = self.reader.array()?;
        let data = self.reader.take(length)?;
        let checksum = self.reader.u32_be()?;
        let whole = from
            .rest()
            .get(..length.saturating_add(12))
            .ok_or(PhotoError::Broken)?;
        if crc32(checked.take(length.saturating_add(4))?) != checksum {
            return Err(PhotoError::Broken);
        }
        Ok(Chunk { name, data, whole })
    }
}

/// Whether a chunk that draws has a length, and where few values are legal a value, that it may
/// have: one of a fixed shape then has no room for anything else.
fn is_right(chunk: &Chunk<'_>) -> bool {
    let length = chunk.data.len();
    match &chunk.name {
        b"IHDR" => is_header(chunk.data),
        b"PLTE" => (3..=768).contains(&length) && length.is_multiple_of(3),
        b"IEND" => length == 0,
        b"tRNS" => (1..=256).contains(&length),
        b"gAMA" => length == 4,
        b"cHRM" => length == 32,
        b"sRGB" => length == 1,
        b"sBIT" => (1..=4).contains(&length),
        b"bKGD" => matches!(length, 1 | 2 | 6),
        b"pHYs" => length == 9,
        b"iCCP" => {
            // A name of 1 to 79 bytes and a zero, the compression method, the compressed profile.
            let name = chunk.data.iter().position(|byte| *byte == 0);
            name.is_some_and(|end| (1..=79).contains(&end) && chunk.data.get(end + 1) == Some(&0))
        }
        b"acTL" => length == 8,
        b"fcTL" => length == 26,
        b"fdAT" => length > 4,
        _ => true,
    }
}

fn is_header(data: &[u8]) -> bool {
    let Some(&[depth, colour, compression, filter, interlace]) = data.get(8..) else {
        return false;
    };
    let depths: &[u8] = match colour {
        0 => &[1, 2, 4, 8, 16],
        3 => &[1, 2, 4, 8],
        2 | 4 | 6 => &[8, 16],
        _ => &[],
    };
    depths.contains(&depth) && compression == 0 && filter == 0 && interlace <= 1
}

/// CRC-32 as in ISO 3309, reflected, polynomial 0xEDB88320.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        let index = usize::from(crc.to_le_bytes()[0] ^ byte);
        CRC_TABLE.get(index).unwrap_or(&0) ^ crc >> 8
    })
}

static CRC_TABLE: [u32; 256] = crc_table();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which checks the index"
)]
const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                0xEDB8_8320 ^ crc >> 1
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}
