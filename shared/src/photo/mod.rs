//! Photos: what they are, how large, and the same photo without anything but the picture.
//!
//! Nothing is decoded. A file's headers say what it is ([`inspect`]), and a copy is made of the
//! segments or chunks that draw the picture, by an allow-list ([`clean`]): a list of what to remove
//! would miss what the next phone writes. Everything after the end of the picture goes too, because
//! motion photos carry a film there, with the place in it.
//!
//! What is kept of metadata: the colour profile, the density of pixels, and of EXIF the one number
//! that says which way is up, in a block written here.
//!
//! HEIC is recognised and refused. Its metadata lies in items among the picture's own bytes, so
//! they would have to be zeroed in place; the widget re-encodes photos before it sends them. A
//! refused photo never refuses the report.

use std::fmt;

mod exif;
mod jpeg;
mod png;
mod reader;
#[cfg(test)]
mod samples;
mod sniff;
mod verify;
mod webp;

/// What is accepted; past it a photo is refused before anything of it is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_bytes: usize,
    /// Width times height.
    pub max_pixels: u64,
    /// The longer side, in pixels.
    pub max_side: u32,
}

/// The formats a report's photo is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MediaType {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG, also animated.
    Png,
    /// WebP, also lossless or animated.
    Webp,
}

/// Which way up a picture's pixels are stored: EXIF's orientation, 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

/// What a file's headers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoInfo {
    /// The format, by the file's first bytes.
    pub media_type: MediaType,
    /// Pixels a row as they are stored, before [`Orientation`] turns them.
    pub width: u32,
    /// Rows as they are stored.
    pub height: u32,
    /// Which way up; of JPEG only, [`Orientation::UPRIGHT`] for the others.
    pub orientation: Orientation,
}

/// A photo without metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub media_type: MediaType,
    /// Pixels a row as they are stored.
    pub width: u32,
    /// Rows as they are stored.
    pub height: u32,
}

/// Why a photo is refused. The report is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhotoError {
    /// The file has no bytes.
    Empty,
    /// The file has more bytes than [`Limits::max_bytes`].
    TooLarge,
    /// The file is not JPEG, PNG or WebP, whatever it was called.
    Type,
    /// The file is HEIC or HEIF.
    HeicUnsupported,
    /// The picture has no pixels, or more than the limits.
    Dimensions,
    /// The file ends early or contradicts itself.
    Broken,
}

/// Reads a photo's headers.
///
/// Only as much is read as leads to the dimensions: a file that is inspected may still be broken
/// further on, a file that is cleaned is not.
///
/// # Errors
/// [`PhotoError`], by what is wrong.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<PhotoInfo, PhotoError> {
    let media_type = admit(bytes, limits)?;
    let info = match media_type {
        MediaType::Jpeg => jpeg::inspect(bytes),
        MediaType::Png => png::inspect(bytes),
        MediaType::Webp => webp::inspect(bytes),
    }?;
    limits.admit(info.width, info.height)?;
    Ok(info)
}

/// Copies a photo without its metadata.
///
/// The copy is looked through again by other code ([`contains_metadata`]) before it is handed out.
/// Cleaning a clean photo changes nothing.
///
/// # Errors
/// [`PhotoError`], by what is wrong.
pub fn clean(bytes: &[u8], limits: &Limits) -> Result<Cleaned, PhotoError> {
    let PhotoInfo {
        media_type,
        width,
        height,
        ..
    } = inspect(bytes, limits)?;
    let bytes = match media_type {
        MediaType::Jpeg => jpeg::clean(bytes),
        MediaType::Png => png::clean(bytes),
        MediaType::Webp => webp::clean(bytes),
    }?;
    if contains_metadata(&bytes) {
        return Err(PhotoError::Broken);
    }
    Ok(Cleaned {
        bytes,
        media_type,
        width,
        height,
    })
}

/// Whether a file holds anything but a picture: metadata, bytes after its end, or a structure that
/// cannot be followed to the end. What [`clean`] returns never does.
#[must_use]
pub fn contains_metadata(bytes: &[u8]) -> bool {
    !verify::is_only_a_picture(bytes)
}

fn admit(bytes: &[u8], limits: &Limits) -> Result<MediaType, PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    if bytes.len() > limits.max_bytes {
        return Err(PhotoError::TooLarge);
    }
    sniff::media_type(bytes)
}

impl Limits {
    fn admit(&self, width: u32, height: u32) -> Result<(), PhotoError> {
        let pixels = u64::from(width) * u64::from(height);
        let side = width.max(height);
        if pixels == 0 || pixels > self.max_pixels || side > self.max_side {
            return Err(PhotoError::Dimensions);
        }
        Ok(())
    }
}

impl Default for Limits {
    /// 8 MiB, 40 megapixels, 16,384 pixels a side (what browsers draw at most).
    fn default() -> Limits {
        Limits {
            max_bytes: 8 * 1024 * 1024,
            max_pixels: 40_000_000,
            max_side: 16_384,
        }
    }
}

impl MediaType {
    /// The format as in `Content-Type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            MediaType::Jpeg => "image/jpeg",
            MediaType::Png => "image/png",
            MediaType::Webp => "image/webp",
        }
    }

    /// The format's usual file extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            MediaType::Jpeg => "jpg",
            MediaType::Png => "png",
            MediaType::Webp => "webp",
        }
    }
}

impl Orientation {
    /// Rows from the top, columns from the left: nothing to turn.
    pub const UPRIGHT: Orientation = Orientation(1);

    /// EXIF's value; anything but 1 to 8 is upright, as viewers take it.
    #[must_use]
    pub fn from_exif(value: u16) -> Orientation {
        u8::try_from(value)
            .ok()
            .filter(|value| (1..=8).contains(value))
            .map_or(Orientation::UPRIGHT, Orientation)
    }

    /// EXIF's value, 1 to 8.
    #[must_use]
    pub fn exif(self) -> u8 {
        self.0
    }

    /// Whether width and height change places when the picture is shown.
    #[must_use]
    pub fn is_sideways(self) -> bool {
        self.0 >= 5
    }
}

impl PhotoError {
    /// The code of the violation.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            PhotoError::Empty => "photo.empty",
            PhotoError::TooLarge => "photo.too_large",
            PhotoError::Type => "photo.type",
            PhotoError::HeicUnsupported => "photo.heic_unsupported",
            PhotoError::Dimensions => "photo.dimensions",
            PhotoError::Broken => "photo.broken",
        }
    }
}

impl fmt::Display for PhotoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PhotoError::Empty => "the file is empty",
            PhotoError::TooLarge => "the file has too many bytes",
            PhotoError::Type => "the file is not a JPEG, PNG or WebP picture",
            PhotoError::HeicUnsupported => "HEIC photos are not accepted yet; send a JPEG",
            PhotoError::Dimensions => "the picture has no pixels or too many",
            PhotoError::Broken => "the file ends early or contradicts itself",
        })
    }
}

impl std::error::Error for PhotoError {}

#[cfg(test)]
mod tests;
