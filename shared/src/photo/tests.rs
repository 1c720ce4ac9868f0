use super::samples::{self, SENTINEL, segment};
use super::*;
use proptest::prelude::*;

fn cleaned(bytes: &[u8]) -> Vec<u8> {
    clean(bytes, &Limits::default()).unwrap().bytes
}

/// The only place that asks for a refusal.
#[track_caller]
fn check(bytes: &[u8], expected: PhotoError) {
    assert_eq!(clean(bytes, &Limits::default()), Err(expected));
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// What an independent reader of EXIF finds: names of the fields, `None` without a block.
fn exif_fields(bytes: &[u8]) -> Option<Vec<String>> {
    let exif = ::exif::Reader::new()
        .read_from_container(&mut std::io::Cursor::new(bytes))
        .ok()?;
    Some(exif.fields().map(|field| field.tag.to_string()).collect())
}

fn every_sample() -> Vec<Vec<u8>> {
    vec![
        samples::plain_jpeg(),
        samples::phone_jpeg(1),
        samples::phone_jpeg(6),
        samples::progressive_jpeg(),
        samples::phone_png(),
        samples::plain_webp(),
        samples::phone_webp(),
        samples::animated_webp(),
    ]
}

#[test]
fn a_photo_is_what_its_bytes_say() {
    let inspected = |bytes: &[u8]| inspect(bytes, &Limits::default()).unwrap();
    let info = |media_type, side, orientation| PhotoInfo {
        media_type,
        width: side,
        height: side,
        orientation: Orientation::from_exif(orientation),
    };
    assert_eq!(
        inspected(&samples::plain_jpeg()),
        info(MediaType::Jpeg, 8, 1)
    );
    assert_eq!(
        inspected(&samples::phone_jpeg(6)),
        info(MediaType::Jpeg, 8, 6)
    );
    assert_eq!(
        inspected(&samples::phone_jpeg(9)),
        info(MediaType::Jpeg, 8, 1)
    );
    assert_eq!(
        inspected(&samples::progressive_jpeg()),
        info(MediaType::Jpeg, 8, 1)
    );
    assert_eq!(inspected(&samples::phone_png()), info(MediaType::Png, 1, 1));
    assert_eq!(
        inspected(&samples::phone_webp()),
        info(MediaType::Webp, 1, 1)
    );
}

#[test]
fn what_is_no_photo_is_refused_by_name() {
    check(b"", PhotoError::Empty);
    check(b"\xFF", PhotoError::Type);
    check(b"GIF89a", PhotoError::Type);
    check(
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        PhotoError::Type,
    );
    check(b"RIFF\x04\0\0\0WAVE", PhotoError::Type);
    check(&samples::film(), PhotoError::Type);
    check(
        &samples::iso_media(&[b"heic", b"mif1"]),
        PhotoError::HeicUnsupported,
    );
    check(
        &samples::iso_media(&[b"mif1", b"heix"]),
        PhotoError::HeicUnsupported,
    );
    check(
        &samples::iso_media(&[b"mif1", b"miaf"]),
        PhotoError::HeicUnsupported,
    );
    check(&samples::iso_media(&[b"avif", b"mif1"]), PhotoError::Type);
    check(&samples::iso_media(&[b"mif1", b"avif"]), PhotoError::Type);
}

#[test]
fn a_photo_over_a_limit_is_refused_before_it_is_copied() {
    let photo = samples::plain_jpeg();
    let limits = Limits::default();
    let refused = |limits: Limits| inspect(&photo, &limits).err();
    assert_eq!(
        refused(Limits {
            max_bytes: photo.len(),
            ..limits
        }),
        None
    );
    let max_bytes = photo.len() - 1;
    assert_eq!(
        refused(Limits {
            max_bytes,
            ..limits
        }),
        Some(PhotoError::TooLarge)
    );
    assert_eq!(
        refused(Limits {
            max_pixels: 64,
            max_side: 8,
            ..limits
        }),
        None
    );
    assert_eq!(
        refused(Limits {
            max_pixels: 63,
            ..limits
        }),
        Some(PhotoError::Dimensions)
    );
    assert_eq!(
        refused(Limits {
            max_side: 7,
            ..limits
        }),
        Some(PhotoError::Dimensions)
    );
    let frame = |side| {
        [
            &[0xFF, 0xD8][..],
            &samples::picture(0xC0, side),
            &[0xFF, 0xD9],
        ]
        .concat()
    };
    check(&frame(0), PhotoError::Dimensions);
    check(&frame(u16::MAX), PhotoError::Dimensions);
}

#[test]
fn the_samples_hold_what_must_go() {
    // The tests below prove nothing unless the samples are as bad as phones' photos.
    let fields = exif_fields(&samples::phone_jpeg(6)).unwrap();
    for tag in ["Orientation", "GPSLatitude", "GPSLongitude"] {
        assert!(fields.contains(&tag.to_owned()), "{fields:?}");
    }
    for sample in [
        samples::phone_jpeg(6),
        samples::phone_png(),
        samples::phone_webp(),
    ] {
        assert!(holds(&sample, SENTINEL) && contains_metadata(&sample));
    }
}

#[test]
fn no_metadata_and_no_trailer_survives() {
    for sample in every_sample() {
        let cleaned = cleaned(&sample);
        assert!(!holds(&cleaned, SENTINEL));
        assert!(!holds(&cleaned, b"ftypmp42"));
        assert!(!contains_metadata(&cleaned));
    }
}

#[test]
fn of_exif_one_orientation_is_left_and_only_where_it_turns_the_picture() {
    let upright = cleaned(&samples::phone_jpeg(1));
    assert_eq!(exif_fields(&upright), None);
    let turned = cleaned(&samples::phone_jpeg(6));
    assert_eq!(exif_fields(&turned), Some(vec!["Orientation".to_owned()]));
    let info = inspect(&turned, &Limits::default()).unwrap();
    assert_eq!(info.orientation.exif(), 6);
    assert!(info.orientation.is_sideways());
}

#[test]
fn of_a_jpeg_the_picture_is_kept_to_the_byte() {
    let cleaned = cleaned(&samples::phone_jpeg(1));
    let picture = [&samples::picture(0xC0, 8)[..], &[0xFF, 0xD9]].concat();
    assert!(cleaned.ends_with(&picture));
    // Density without the thumbnail, colour profile, colour transform.
    assert!(holds(
        &cleaned,
        b"\xFF\xE0\0\x10JFIF\0\x01\x02\x01\0\x48\0\x48\0\0\xFF"
    ));
    assert!(holds(&cleaned, b"ICC_PROFILE\0\x01\x01"));
    assert!(holds(&cleaned, b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0\xFF"));
    assert!(!holds(&cleaned, b"MPF\0"));
}

#[test]
fn scans_keep_their_stuffing_and_restarts_and_lose_what_stands_between_them() {
    let cleaned = cleaned(&samples::progressive_jpeg());
    let first_scan = [
        0x7F, 0xFF, 0x00, 0x12, 0xFF, 0xD0, 0x7F, 0xFF, 0xFF, 0xD1, 0x34, 0xFF, 0xC4,
    ];
    assert!(holds(&cleaned, &first_scan));
    assert!(cleaned.ends_with(&[0, 1, 63, 0, 0x7F, 0xFF, 0xD9]));
}

#[test]
fn a_jpeg_that_contradicts_itself_is_refused() {
    let jpeg = |parts: &[&[u8]]| [&[0xFF, 0xD8][..], &parts.concat(), &[0xFF, 0xD9]].concat();
    let picture = samples::picture(0xC0, 8);
    // No picture; two; a scan before its frame; a nested start of image.
    check(&jpeg(&[]), PhotoError::Broken);
    check(&jpeg(&[&picture, &picture]), PhotoError::Broken);
    check(
        &jpeg(&[&segment(0xDA, &[1, 1, 0, 0, 63, 0]), &picture]),
        PhotoError::Broken,
    );
    check(&jpeg(&[&samples::plain_jpeg()]), PhotoError::Broken);
    // Tables with something behind them, and segments with impossible lengths.
    let table = [&[0][..], &[1; 64], SENTINEL].concat();
    check(
        &jpeg(&[&segment(0xDB, &table), &picture]),
        PhotoError::Broken,
    );
    check(
        &jpeg(&[&segment(0xDD, SENTINEL), &picture]),
        PhotoError::Broken,
    );
    check(&jpeg(&[&[0xFF, 0xFE, 0, 1], &picture]), PhotoError::Broken);
    // Lossless.
    check(&jpeg(&[&samples::picture(0xC3, 8)]), PhotoError::Type);
}

#[test]
fn a_colour_profile_that_is_none_is_dropped() {
    let named = |piece: &[u8]| {
        let body = [b"ICC_PROFILE\0".as_slice(), piece].concat();
        [
            &[0xFF, 0xD8][..],
            &segment(0xE2, &body),
            &samples::plain_jpeg()[2..],
        ]
        .concat()
    };
    for piece in [
        b"\x01\x01+26.4207+050.0888".as_slice(),
        b"\x02\x02+26.4207+050.0888",
        b"",
    ] {
        assert_eq!(cleaned(&named(piece)), samples::plain_jpeg());
    }
}

#[test]
fn of_a_png_only_what_draws_is_kept() {
    let cleaned = cleaned(&samples::phone_png());
    let extra = [
        samples::png_chunk(b"gAMA", &45_455_u32.to_be_bytes()),
        samples::png_chunk(b"iCCP", b"sRGB\0\0\x78\x01"),
        samples::png_chunk(b"pHYs", &[0, 0, 0x0B, 0x13, 0, 0, 0x0B, 0x13, 1]),
    ];
    assert_eq!(cleaned, samples::png(&extra, &[]));
}

#[test]
fn a_png_that_contradicts_itself_is_refused() {
    let critical = samples::png_chunk(b"CgBI", &[0; 4]);
    check(&samples::png(&[critical], &[]), PhotoError::Broken);
    let second = samples::png_chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    check(&samples::png(&[second], &[]), PhotoError::Broken);
    check(
        &samples::png(&[samples::png_chunk(b"IEND", &[])], &[]),
        PhotoError::Broken,
    );
    // The known checksum of "IEND", and a wrong one.
    let good = samples::png(&[], &[]);
    assert!(good.ends_with(&[0xAE, 0x42, 0x60, 0x82]));
    let mut wrong = good;
    *wrong.last_mut().unwrap() ^= 1;
    check(&wrong, PhotoError::Broken);
}

#[test]
fn of_a_webp_flags_size_and_frames_are_set_right() {
    let still = cleaned(&samples::phone_webp());
    // Profile and alpha stay flagged; EXIF, XMP and the reserved bits do not.
    assert_eq!(
        still.get(12..24),
        Some(b"VP8X\x0A\0\0\0\x30\0\0\0".as_slice())
    );
    assert_eq!(
        u32::from_le_bytes(still[4..8].try_into().unwrap()) as usize,
        still.len() - 8
    );
    assert!(holds(&still, samples::VP8L) && holds(&still, b"ICCP"));
    assert!(!holds(&still, b"EXIF") && !holds(&still, b"XMP ") && !holds(&still, b"junk"));

    let animated = cleaned(&samples::animated_webp());
    assert_eq!(
        animated.windows(4).filter(|name| name == b"ANMF").count(),
        2
    );
    assert!(!holds(&animated, b"junk"));
    assert_eq!(cleaned(&samples::plain_webp()), samples::plain_webp());
}

#[test]
fn a_webp_that_contradicts_itself_is_refused() {
    let canvas =
        |flags, side| samples::webp_chunk(b"VP8X", &[flags, 0, 0, 0, side, 0, 0, side, 0, 0]);
    let picture = samples::webp_chunk(b"VP8L", samples::VP8L);
    check(
        &samples::webp(&[canvas(0, 1), picture.clone()], &[]),
        PhotoError::Broken,
    );
    check(&samples::webp(&[canvas(0, 0)], &[]), PhotoError::Broken);
    check(
        &samples::webp(&[samples::webp_chunk(b"EXIF", b"x"), picture.clone()], &[]),
        PhotoError::Broken,
    );
    check(
        &samples::webp(
            &[samples::webp_chunk(
                b"VP8 ",
                b"\x01\0\0\x9D\x01\x2A\x01\0\x01\0",
            )],
            &[],
        ),
        PhotoError::Broken,
    );
    let short = samples::webp(&[picture], &[]);
    check(&short[..short.len() - 1], PhotoError::Broken);
}

#[test]
fn the_second_look_finds_any_one_thing_put_back() {
    let jpeg = cleaned(&samples::phone_jpeg(6));
    let png = samples::png(&[], &[]);
    let webp = cleaned(&samples::phone_webp());
    for clean in [
        &jpeg,
        &png,
        &webp,
        &samples::plain_webp(),
        &samples::plain_jpeg(),
    ] {
        assert!(!contains_metadata(clean));
        assert!(contains_metadata(&[clean.as_slice(), &[0]].concat()));
        assert!(contains_metadata(&clean[..clean.len() - 1]));
    }
    let (start, rest) = jpeg.split_at(2);
    for put_back in [
        segment(0xFE, b""),
        segment(0xE1, b"Exif\0\0"),
        segment(0xE1, &exif::only_orientation(Orientation::from_exif(6))),
        segment(0xE0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\x01\0rgb"),
        segment(0xE2, b"MPF\0"),
        segment(0xED, b""),
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\0more"),
        vec![0xFF],
        vec![0],
    ] {
        assert!(
            contains_metadata(&[start, &put_back, rest].concat()),
            "{put_back:?}"
        );
    }
    for name in [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"prVt"] {
        let put_back = samples::png(&[samples::png_chunk(name, b"")], &[]);
        assert!(contains_metadata(&put_back));
    }
    for flag in [0x04, 0x08] {
        let mut flagged = webp.clone();
        flagged[20] |= flag;
        assert!(contains_metadata(&flagged));
    }
    let picture = samples::webp_chunk(b"VP8L", samples::VP8L);
    for name in [b"EXIF", b"XMP ", b"junk"] {
        let put_back = samples::webp(&[picture.clone(), samples::webp_chunk(name, b"")], &[]);
        assert!(contains_metadata(&put_back));
    }
    assert!(contains_metadata(&samples::animated_webp()));
    // Metadata under the name of a colour profile.
    let xmp = samples::png_chunk(b"iCCP", b"x\0\0<x:xmpmeta>");
    assert!(contains_metadata(&samples::png(&[xmp], &[])));
}

#[test]
fn no_truncated_photo_passes() {
    for sample in [
        samples::plain_jpeg(),
        samples::progressive_jpeg(),
        samples::png(&[], &[]),
        samples::plain_webp(),
    ] {
        for length in 0..sample.len() {
            assert!(
                clean(&sample[..length], &Limits::default()).is_err(),
                "{length}"
            );
        }
    }
}

/// Whatever the bytes: no panic, and what passes is clean and stays as it is.
fn holds_for_any(bytes: &[u8]) -> Result<(), TestCaseError> {
    let limits = Limits::default();
    let _ = contains_metadata(bytes);
    let inspected = inspect(bytes, &limits);
    if let Ok(photo) = clean(bytes, &limits) {
        let info = inspected.unwrap();
        prop_assert_eq!((photo.width, photo.height), (info.width, info.height));
        prop_assert!(!contains_metadata(&photo.bytes));
        prop_assert_eq!(inspect(&photo.bytes, &limits), Ok(info));
        prop_assert_eq!(clean(&photo.bytes, &limits), Ok(photo));
    }
    Ok(())
}

proptest! {
    #[test]
    fn random_bytes_behind_any_signature_are_safe(
        magic in prop::sample::select(vec![
            b"".as_slice(), b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP",
            b"RIFF\x40\0\0\0WEBPVP8X\x0A\0\0\0", b"\0\0\0\x40ftyp",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        holds_for_any(&[magic, &rest].concat())?;
    }

    #[test]
    fn changed_and_cut_photos_are_safe(
        sample in prop::sample::select(every_sample()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut: prop::sample::Index,
        is_cut: bool,
    ) {
        let mut bytes = sample;
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        holds_for_any(&bytes)?;
    }

    #[test]
    fn pieces_of_photos_in_any_order_are_safe(
        pieces in prop::collection::vec((prop::sample::select(every_sample()), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..5),
    ) {
        let bytes: Vec<u8> = pieces
            .into_iter()
            .flat_map(|(sample, from, length)| {
                let from = from.index(sample.len());
                let length = length.index(sample.len() - from);
                sample.into_iter().skip(from).take(length)
            })
            .collect();
        holds_for_any(&[b"\xFF\xD8".as_slice(), &bytes].concat())?;
    }

    #[test]
    fn the_orientation_survives_from_both_byte_orders(value in 0_u16..12) {
        let ours = exif::only_orientation(Orientation::from_exif(value));
        prop_assert_eq!(exif::orientation(&ours[6..]), Orientation::from_exif(value));
        let theirs = samples::exif_with_place(value as u8);
        prop_assert_eq!(exif::orientation(&theirs[6..]), Orientation::from_exif(value));
    }
}
