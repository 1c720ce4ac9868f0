//! What a file is, by its first bytes; never by what it is called or claimed to be.

use super::{MediaType, PhotoError};

pub(super) const PNG_SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// The format of a file that has at least one byte.
pub(super) fn media_type(bytes: &[u8]) -> Result<MediaType, PhotoError> {
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Ok(MediaType::Jpeg)
    } else if bytes.starts_with(PNG_SIGNATURE) {
        Ok(MediaType::Png)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Ok(MediaType::Webp)
    } else if is_heif(bytes) {
        Err(PhotoError::HeicUnsupported)
    } else {
        Err(PhotoError::Type)
    }
}

/// ISO/IEC 23008-12: an ISO base media file whose `ftyp` box names a brand of HEIF coded with HEVC.
/// The generic brands are shared with AVIF, which names its own beside them and is no HEIC.
fn is_heif(bytes: &[u8]) -> bool {
    const HEVC: [&[u8; 4]; 8] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs",
    ];
    const GENERIC: [&[u8; 4]; 2] = [b"mif1", b"msf1"];
    const AVIF: [&[u8; 4]; 2] = [b"avif", b"avis"];
    let Some((size, rest)) = bytes.split_first_chunk::<4>() else {
        return false;
    };
    let Some(brands) = rest.strip_prefix(b"ftyp") else {
        return false;
    };
    // The box's own length bounds the list of brands; no real one has more than a few.
    let length = (u32::from_be_bytes(*size) as usize)
        .saturating_sub(8)
        .min(brands.len())
        .min(128);
    let (brands, _) = brands.get(..length).unwrap_or_default().as_chunks::<4>();
    let names = |known: &[&[u8; 4]]| brands.iter().any(|brand| known.contains(&brand));
    names(&HEVC) || (names(&GENERIC) && !names(&AVIF))
}
