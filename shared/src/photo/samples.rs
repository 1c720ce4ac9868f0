//! Photos for the tests, put together byte by byte: what phones write, with a sentinel wherever
//! metadata can hide.

use super::png::crc32;

/// Stands in everything that must not survive, as coordinates would.
pub(super) const SENTINEL: &[u8] = b"+26.4207+050.0888";

/// A grey picture of 8 by 8 pixels: one quantisation table, two Huffman tables of one code each,
/// and a scan of one block without coefficients. Every decoder draws it.
pub(super) fn plain_jpeg() -> Vec<u8> {
    [&[0xFF, 0xD8][..], &picture(0xC0, 8), &[0xFF, 0xD9]].concat()
}

/// The same as a phone stores it: JFIF with a thumbnail, EXIF with a place, XMP, a colour profile,
/// a multi-picture index, IPTC, Adobe's marker, a comment; after the end of the picture a second
/// picture and a film with a place.
pub(super) fn phone_jpeg(orientation: u8) -> Vec<u8> {
    let jfif = [b"JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x01".as_slice(), b"rgb"].concat();
    let xmp = [
        b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>".as_slice(),
        SENTINEL,
    ]
    .concat();
    let iptc = [b"Photoshop 3.0\08BIM".as_slice(), SENTINEL].concat();
    let parts = [
        vec![0xFF, 0xD8],
        segment(0xE0, &jfif),
        segment(0xE1, &exif_with_place(orientation)),
        segment(0xE1, &xmp),
        segment(
            0xE2,
            &[b"ICC_PROFILE\0\x01\x01".as_slice(), &profile()].concat(),
        ),
        segment(0xE2, &[b"MPF\0MM\0\x2A".as_slice(), SENTINEL].concat()),
        segment(0xED, &iptc),
        segment(
            0xEE,
            &[b"Adobe\0\x64\0\0\0\0\0".as_slice(), SENTINEL].concat(),
        ),
        segment(0xFE, SENTINEL),
        picture(0xC0, 8),
        vec![0xFF, 0xD9],
        plain_jpeg(),
        film(),
    ];
    parts.concat()
}

/// A progressive picture of two scans with a table between them, fill bytes before markers,
/// restart markers and stuffed bytes in the data, and a comment between the scans.
pub(super) fn progressive_jpeg() -> Vec<u8> {
    let parts = [
        vec![0xFF, 0xD8],
        segment(0xDB, &quantisation()),
        vec![0xFF, 0xFF],
        segment(0xC2, &frame(8, 8)),
        segment(0xC4, &huffman(0x00)),
        segment(0xDD, &[0, 1]),
        segment(0xDA, &[1, 1, 0x00, 0, 0, 0]),
        vec![
            0x7F, 0xFF, 0x00, 0x12, 0xFF, 0xD0, 0x7F, 0xFF, 0xFF, 0xD1, 0x34,
        ],
        vec![0xFF, 0xFF],
        segment(0xFE, SENTINEL),
        segment(0xC4, &huffman(0x10)),
        segment(0xDA, &[1, 1, 0x00, 1, 63, 0]),
        vec![0x7F, 0xFF, 0xD9],
    ];
    parts.concat()
}

/// EXIF, little-endian, with its header: orientation, a place in a GPS directory, and a thumbnail
/// (with an end-of-image marker of its own) behind it.
pub(super) fn exif_with_place(orientation: u8) -> Vec<u8> {
    let mut block = b"Exif\0\0II\x2A\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [
            &tag.to_le_bytes()[..],
            &kind.to_le_bytes(),
            &count.to_le_bytes(),
            &value,
        ]
        .concat()
    };
    // Directory 0 at 8: 2 + 2 × 12 + 4 bytes, so the GPS directory stands at 38 and is
    // 2 + 4 × 12 + 4 bytes, so the rationals stand at 92 and 116.
    block.extend([2, 0]);
    block.extend(entry(0x0112, 3, 1, [orientation, 0, 0, 0]));
    block.extend(entry(0x8825, 4, 1, [38, 0, 0, 0]));
    block.extend([0; 4]);
    block.extend([4, 0]);
    block.extend(entry(1, 2, 2, *b"N\0\0\0"));
    block.extend(entry(2, 5, 3, [92, 0, 0, 0]));
    block.extend(entry(3, 2, 2, *b"E\0\0\0"));
    block.extend(entry(4, 5, 3, [116, 0, 0, 0]));
    block.extend([0; 4]);
    for (value, unit) in [
        (26_u32, 1_u32),
        (25, 1),
        (1452, 100),
        (50, 1),
        (5, 1),
        (1968, 100),
    ] {
        block.extend(value.to_le_bytes());
        block.extend(unit.to_le_bytes());
    }
    block.extend_from_slice(SENTINEL);
    block.extend(plain_jpeg());
    block
}

/// What a motion photo carries after its picture.
pub(super) fn film() -> Vec<u8> {
    [
        b"\0\0\0\x18ftypmp42\0\0\0\0isommp42\0\0\0\x25udta\xA9xyz".as_slice(),
        SENTINEL,
    ]
    .concat()
}

/// A grey picture of 1 by 1 pixel with the given chunks between header and data.
pub(super) fn png(extra: &[Vec<u8>], trailer: &[u8]) -> Vec<u8> {
    let header = [
        &1_u32.to_be_bytes()[..],
        &1_u32.to_be_bytes(),
        &[8, 0, 0, 0, 0],
    ]
    .concat();
    // A zlib stream with one stored block of two zero bytes.
    let data = b"\x78\x01\x01\x02\0\xFD\xFF\0\0\0\x02\0\x01";
    let parts = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        png_chunk(b"IHDR", &header),
        extra.concat(),
        png_chunk(b"IDAT", data),
        png_chunk(b"IEND", &[]),
        trailer.to_vec(),
    ];
    parts.concat()
}

pub(super) fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap();
    [
        &length.to_be_bytes()[..],
        &named,
        &crc32(&named).to_be_bytes(),
    ]
    .concat()
}

/// A PNG with everything that must go and some of what must stay.
pub(super) fn phone_png() -> Vec<u8> {
    let extra = [
        png_chunk(b"gAMA", &45_455_u32.to_be_bytes()),
        png_chunk(b"iCCP", b"sRGB\0\0\x78\x01"),
        png_chunk(b"pHYs", &[0, 0, 0x0B, 0x13, 0, 0, 0x0B, 0x13, 1]),
        png_chunk(b"sRGB", SENTINEL),
        png_chunk(b"tEXt", &[b"Comment\0".as_slice(), SENTINEL].concat()),
        png_chunk(b"zTXt", SENTINEL),
        png_chunk(b"iTXt", SENTINEL),
        png_chunk(b"tIME", &[7, 0xEA, 11, 21, 9, 41, 0]),
        png_chunk(b"eXIf", SENTINEL),
        png_chunk(b"prVt", SENTINEL),
    ];
    png(&extra, &film())
}

/// A transparent picture of 1 by 1 pixel, lossless.
pub(super) const VP8L: &[u8] = b"\x2F\0\0\0\x10\x07\x10\x11\x11\x88\x88\xFE\x07\0";

pub(super) fn webp(chunks: &[Vec<u8>], trailer: &[u8]) -> Vec<u8> {
    let body = [b"WEBP".to_vec(), chunks.concat()].concat();
    [webp_chunk(b"RIFF", &body), trailer.to_vec()].concat()
}

pub(super) fn webp_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap();
    let padding: &[u8] = if data.len() % 2 == 1 { &[0] } else { &[] };
    [name.as_slice(), &length.to_le_bytes(), data, padding].concat()
}

pub(super) fn plain_webp() -> Vec<u8> {
    webp(&[webp_chunk(b"VP8L", VP8L)], &[])
}

/// The extended form with profile, EXIF, XMP, an unknown chunk and a trailer.
pub(super) fn phone_webp() -> Vec<u8> {
    let chunks = [
        webp_chunk(b"VP8X", &[0x3D, 1, 2, 3, 0, 0, 0, 0, 0, 0]),
        webp_chunk(b"ICCP", &profile()),
        webp_chunk(b"VP8L", VP8L),
        webp_chunk(b"EXIF", &exif_with_place(6)),
        webp_chunk(b"XMP ", SENTINEL),
        webp_chunk(b"junk", SENTINEL),
    ];
    webp(&chunks, &film())
}

/// An animation whose frame carries a chunk that must go.
pub(super) fn animated_webp() -> Vec<u8> {
    let frame = [
        vec![0; 16],
        webp_chunk(b"VP8L", VP8L),
        webp_chunk(b"junk", SENTINEL),
    ];
    let chunks = [
        webp_chunk(b"VP8X", &[0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        webp_chunk(b"ANIM", &[0; 6]),
        webp_chunk(b"ANMF", &frame.concat()),
        webp_chunk(b"ANMF", &frame.concat()),
    ];
    webp(&chunks, &[])
}

/// The beginning of an ISO media file with these brands.
pub(super) fn iso_media(brands: &[&[u8; 4]]) -> Vec<u8> {
    let (major, others) = brands.split_first().unwrap();
    let others: Vec<u8> = others.iter().copied().flatten().copied().collect();
    let body = [b"ftyp", major.as_slice(), &[0; 4], &others].concat();
    let length = u32::try_from(body.len() + 4).unwrap();
    [&length.to_be_bytes()[..], &body, b"\0\0\0\x08mdat"].concat()
}

/// The first bytes of a colour profile, with its signature.
fn profile() -> Vec<u8> {
    [&[0; 36][..], b"acsp", &[0; 88]].concat()
}

pub(super) fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap();
    [&[0xFF, marker][..], &length.to_be_bytes(), body].concat()
}

/// Tables, frame and scan of a grey square of `side` by 8 pixels.
pub(super) fn picture(frame_marker: u8, side: u16) -> Vec<u8> {
    let parts = [
        segment(0xDB, &quantisation()),
        segment(frame_marker, &frame(side, 8)),
        segment(0xC4, &huffman(0x00)),
        segment(0xC4, &huffman(0x10)),
        segment(0xDA, &[1, 1, 0x00, 0, 63, 0]),
        vec![0x3F],
    ];
    parts.concat()
}

fn quantisation() -> Vec<u8> {
    [&[0][..], &[1; 64]].concat()
}

fn frame(width: u16, height: u16) -> Vec<u8> {
    [
        &[8][..],
        &height.to_be_bytes(),
        &width.to_be_bytes(),
        &[1, 1, 0x11, 0],
    ]
    .concat()
}

/// A table of one code of one bit, for the value 0.
fn huffman(class: u8) -> Vec<u8> {
    [&[class, 1][..], &[0; 15], &[0]].concat()
}
