//! The one number of EXIF that is kept, read out of any block and written into one of our own.

use super::reader::Reader;
use super::{Orientation, PhotoError};

/// What an APP1 segment with EXIF begins with.
pub(super) const EXIF_HEADER: &[u8; 6] = b"Exif\0\0";

/// The orientation in an EXIF block, after its header. A block that cannot be read has none: it
/// is going to be dropped anyway, and a photo is not refused for it.
pub(super) fn orientation(tiff: &[u8]) -> Orientation {
    read_orientation(tiff).unwrap_or(Orientation::UPRIGHT)
}

/// An EXIF block, with its header, that holds the orientation and nothing else: a TIFF header, one
/// directory with one entry, no next directory. 32 bytes.
pub(super) fn only_orientation(orientation: Orientation) -> Vec<u8> {
    let mut block = EXIF_HEADER.to_vec();
    // Big-endian, magic 42, the directory at offset 8 with one entry:
    // tag 0x0112, type 3 (SHORT), one value, in the first half of the value field.
    block.extend(b"MM\0\x2A\0\0\0\x08\0\x01");
    block.extend(b"\x01\x12\0\x03\0\0\0\x01\0");
    block.push(orientation.exif());
    block.extend([0, 0]);
    block.extend([0; 4]);
    block
}

const ORIENTATION_TAG: u16 = 0x0112;
const SHORT: u16 = 3;
const LONG: u16 = 4;

fn read_orientation(tiff: &[u8]) -> Result<Orientation, PhotoError> {
    let mut header = Reader::new(tiff);
    let big_endian = match &header.array::<2>()? {
        b"MM" => true,
        b"II" => false,
        _ => return Err(PhotoError::Broken),
    };
    let u16 = |reader: &mut Reader<'_>| {
        if big_endian {
            reader.u16_be()
        } else {
            reader.u16_le()
        }
    };
    let u32 = |reader: &mut Reader<'_>| {
        if big_endian {
            reader.u32_be()
        } else {
            reader.u32_le()
        }
    };
    if u16(&mut header)? != 42 {
        return Err(PhotoError::Broken);
    }
    let offset = u32(&mut header)? as usize;
    let mut directory = Reader::new(tiff.get(offset..).ok_or(PhotoError::Broken)?);
    for _ in 0..u16(&mut directory)? {
        let mut entry = Reader::new(directory.take(12)?);
        let (tag, kind, count) = (u16(&mut entry)?, u16(&mut entry)?, u32(&mut entry)?);
        if tag == ORIENTATION_TAG && count == 1 {
            let value = match kind {
                SHORT => u16(&mut entry)?,
                LONG => u16::try_from(u32(&mut entry)?).unwrap_or(0),
                _ => return Err(PhotoError::Broken),
            };
            return Ok(Orientation::from_exif(value));
        }
    }
    Ok(Orientation::UPRIGHT)
}
