//! Pictures that somebody sends: read by a decoder with limits, drawn anew and written by ourselves. Of the bytes that were sent
//! nothing is kept, whatever else they hold or would be read as.

use std::io::Cursor;

use app::hub::model::LARGEST_PICTURE;
use domain::{Colour, Fault, Logo};
use image::{
    ColorType, DynamicImage, ImageDecoder as _, ImageEncoder as _, ImageError, ImageFormat, ImageReader, Limits, Rgba,
    RgbaImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
    imageops::{self, FilterType as Resampling},
    metadata::Orientation,
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::access::secret::fingerprint;

/// The most bytes of a file.
pub const LARGEST: usize = LARGEST_PICTURE;
/// The most pixels beside or above each other.
const SIDE: u32 = 2_500;
/// The most bytes that are taken for a picture while it is read: it may have 16 bits a channel.
const MEMORY: u64 = 96 << 20;
/// Pictures are drawn one after the other: whoever sends some makes nobody else's server slow.
static TURN: Semaphore = Semaphore::const_new(1);
/// How many are taken in; the next is told at once that it would wait for too long.
const MOST: usize = 8;
static TAKEN_IN: Semaphore = Semaphore::const_new(MOST);

/// How large a logo may be in pixels: the next smaller one, where it would be heavy.
const SIZES: [(u32, u32); 3] = [
    (Logo::WIDEST as u32, Logo::HIGHEST as u32),
    (Logo::WIDEST as u32 * 3 / 4, Logo::HIGHEST as u32 * 3 / 4),
    (200, 56),
];
/// The most bytes of a logo, as long as there is a smaller size: everybody who opens a page loads it.
const HEAVY: usize = 40 << 10;
/// Pixels around what is set on a ground of its own.
const MARGIN: u32 = 10;
/// What is seen through has to differ so much from white.
const VISIBLE: f64 = 1.5;
/// The ground of what does not: the text of our light pages.
const DARK: [u8; 3] = [0x14, 0x20, 0x2b];

/// A logo and its picture, as a PNG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Its name.
    pub logo: Logo,
    /// Its bytes.
    pub png: Vec<u8>,
}

/// Makes a logo of a file.
///
/// # Errors
/// [`Fault::LogoTooLarge`], or [`Fault::LogoUnreadable`] if it is no PNG, JPEG or WebP, a broken one, or one of which nothing is seen;
/// [`Fault::Busy`] if too many are waiting.
pub async fn logo(file: Vec<u8>) -> Result<Drawn, Fault> {
    if file.len() > LARGEST {
        return Err(Fault::LogoTooLarge);
    }
    let place = TAKEN_IN.try_acquire().map_err(|_| Fault::Busy)?;
    // The turn ends with the work, not with who waits for it.
    let turn = TURN.acquire().await;
    let drawing = spawn_blocking(move || {
        let _turn = (turn, place);
        drawn(read(&file)?)
    });
    // A decoder that panics has met a picture that it cannot read.
    drawing.await.unwrap_or(Err(Fault::LogoUnreadable))
}

/// The picture as it is to be seen.
fn read(file: &[u8]) -> Result<RgbaImage, Fault> {
    let format = image::guess_format(file).map_err(|_| Fault::LogoUnreadable)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(Fault::LogoUnreadable);
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(SIDE), Some(SIDE), Some(MEMORY));
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| fault(&error))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| fault(&error))?;
    picture.apply_orientation(orientation);
    let picture = picture.into_rgba8();
    let is_seen = picture.pixels().any(|pixel| pixel[3] > 0);
    is_seen.then_some(picture).ok_or(Fault::LogoUnreadable)
}

fn fault(error: &ImageError) -> Fault {
    if matches!(error, ImageError::Limits(_)) { Fault::LogoTooLarge } else { Fault::LogoUnreadable }
}

/// The logo of a picture, in the largest size in which it is not heavy.
fn drawn(mut picture: RgbaImage) -> Result<Drawn, Fault> {
    let ground = (!is_visible(&picture)).then_some(DARK);
    // Else what nobody sees would shine through at the edges.
    for Rgba([rgb @ .., alpha]) in picture.pixels_mut() {
        *rgb = rgb.map(|channel| scaled(channel, *alpha, u8::MAX));
    }
    let mut best = None;
    for size in SIZES {
        // The next size is made of this one.
        picture = shrunk(&picture, size, ground.is_some());
        let pixels = finished(&picture, ground);
        let png = written(&pixels).map_err(|_| Fault::LogoUnreadable)?;
        let is_light = png.len() <= HEAVY;
        best = Some((pixels.dimensions(), png));
        if is_light {
            break;
        }
    }
    let named = best.and_then(|((width, height), png)| {
        let hash = fingerprint(&png);
        let logo = Logo::new(&hash, width.try_into().ok()?, height.try_into().ok()?)?;
        Some(Drawn { logo, png })
    });
    named.ok_or(Fault::LogoUnreadable)
}

/// Whether it can be seen on white, where it is seen through: a logo that was made for dark pages cannot.
fn is_visible(picture: &RgbaImage) -> bool {
    let (mut weight, mut sum) = (0_u64, [0_u64; 3]);
    for Rgba([rgb @ .., alpha]) in picture.pixels() {
        weight += u64::from(*alpha);
        for (sum, channel) in sum.iter_mut().zip(rgb) {
            *sum += u64::from(*channel) * u64::from(*alpha);
        }
    }
    let pixels = u64::from(picture.width()) * u64::from(picture.height());
    if weight == pixels * u64::from(u8::MAX) {
        return true;
    }
    let mean = sum.map(|sum| u8::try_from(sum / weight.max(1)).unwrap_or(u8::MAX));
    Colour::from(mean).contrast(Colour::WHITE) >= VISIBLE
}

/// The picture in at most that size, with room for a margin if it gets a ground.
fn shrunk(picture: &RgbaImage, (most_wide, most_high): (u32, u32), with_margin: bool) -> RgbaImage {
    let around = if with_margin { 2 * MARGIN } else { 0 };
    let (wide, high) = fitting(picture.dimensions(), (most_wide - around, most_high - around));
    imageops::resize(picture, wide, high, Resampling::CatmullRom)
}

/// The picture, whose channels have been multiplied with its opacity, as it is seen: on its ground, if it has one.
fn finished(picture: &RgbaImage, ground: Option<[u8; 3]>) -> RgbaImage {
    let mut seen = picture.clone();
    for Rgba([rgb @ .., alpha]) in seen.pixels_mut() {
        match ground {
            Some(ground) => {
                for (channel, behind) in rgb.iter_mut().zip(ground) {
                    *channel = channel.saturating_add(scaled(behind, u8::MAX - *alpha, u8::MAX));
                }
                *alpha = u8::MAX;
            }
            None => *rgb = rgb.map(|channel| scaled(channel, u8::MAX, *alpha)),
        }
    }
    let Some([red, green, blue]) = ground else { return seen };
    let (wide, high) = (seen.width() + 2 * MARGIN, seen.height() + 2 * MARGIN);
    let mut set = RgbaImage::from_pixel(wide, high, Rgba([red, green, blue, u8::MAX]));
    imageops::replace(&mut set, &seen, MARGIN.into(), MARGIN.into());
    set
}

/// As large as there is room, in the same proportions; never larger than it is.
fn fitting((width, height): (u32, u32), (most_wide, most_high): (u32, u32)) -> (u32, u32) {
    if width <= most_wide && height <= most_high {
        return (width, height);
    }
    if u64::from(width) * u64::from(most_high) >= u64::from(height) * u64::from(most_wide) {
        (most_wide, (height * most_wide / width).max(1))
    } else {
        ((width * most_high / height).max(1), most_high)
    }
}

/// So much of a channel as `part` is of `whole`.
fn scaled(channel: u8, part: u8, whole: u8) -> u8 {
    let (part, whole) = (u32::from(part), u32::from(whole.max(1)));
    u8::try_from((u32::from(channel) * part + whole / 2) / whole).unwrap_or(u8::MAX)
}

fn written(pixels: &RgbaImage) -> Result<Vec<u8>, ImageError> {
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive);
    let (width, height) = pixels.dimensions();
    if pixels.pixels().all(|pixel| pixel[3] == u8::MAX) {
        let opaque = DynamicImage::ImageRgba8(pixels.clone()).into_rgb8();
        encoder.write_image(&opaque, width, height, ColorType::Rgb8.into())?;
    } else {
        encoder.write_image(pixels, width, height, ColorType::Rgba8.into())?;
    }
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture in one colour, with so much of it seen.
    fn plain(width: u32, height: u32, pixel: [u8; 4]) -> RgbaImage {
        RgbaImage::from_pixel(width, height, Rgba(pixel))
    }

    fn as_file(picture: &RgbaImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let picture = DynamicImage::ImageRgba8(picture.clone());
        match format {
            ImageFormat::Jpeg => picture.into_rgb8().write_to(&mut file, format).unwrap(),
            _ => picture.write_to(&mut file, format).unwrap(),
        }
        file.into_inner()
    }

    fn made(file: &[u8]) -> Result<Drawn, Fault> {
        drawn(read(file)?)
    }

    fn pixels(drawn: &Drawn) -> RgbaImage {
        image::load_from_memory_with_format(&drawn.png, ImageFormat::Png).unwrap().into_rgba8()
    }

    #[test]
    fn a_picture_of_each_format_becomes_a_png_that_fits() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let drawn = made(&as_file(&plain(1_200, 300, [11, 107, 107, 255]), format)).unwrap();
            assert_eq!(pixels(&drawn).dimensions(), (400, 100), "{format:?}");
            assert_eq!(drawn.logo.shown(), (200, 50), "{format:?}");
        }
        // What is small stays so, and what is only a line, one.
        assert_eq!(made(&as_file(&plain(40, 30, [9, 9, 9, 255]), ImageFormat::Png)).unwrap().logo.shown(), (20, 15));
        assert_eq!(made(&as_file(&plain(2_500, 1, [9, 9, 9, 255]), ImageFormat::Png)).unwrap().logo.shown(), (200, 1));
    }

    #[test]
    fn nothing_of_the_file_is_kept_but_what_is_seen() {
        let clean = as_file(&plain(40, 30, [11, 107, 107, 255]), ImageFormat::Png);
        let script = b"<script>evil()</script>";
        // Behind the picture's end, and in a chunk of text before it.
        let trailing = [&clean[..], script].concat();
        let mut text = Vec::from(*b"tEXtComment\0");
        text.extend(script);
        let length = u32::try_from(text.len() - 4).unwrap().to_be_bytes();
        let end = clean.len() - 12;
        let within = [&clean[..end], &length, &text, &checksum(&text), &clean[end..]].concat();
        let expected = made(&clean).unwrap();
        for file in [trailing, within] {
            assert!(file.windows(script.len()).any(|part| part == script));
            assert_eq!(made(&file).as_ref(), Ok(&expected));
        }
        assert!(!expected.png.windows(6).any(|part| part == b"script"));
    }

    /// The checksum of a PNG's chunk.
    fn checksum(chunk: &[u8]) -> Vec<u8> {
        let crc = chunk.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        });
        (!crc).to_be_bytes().to_vec()
    }

    #[test]
    fn what_is_no_picture_of_these_is_refused() {
        let png = as_file(&plain(40, 30, [11, 107, 107, 255]), ImageFormat::Png);
        let jpeg = as_file(&plain(40, 30, [11, 107, 107, 255]), ImageFormat::Jpeg);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>evil()</script></svg>";
        let gif =
            b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
        for file in [&b""[..], b"\x89PNG\r\n\x1a\n", svg, gif, b"%PDF-1.7", &png[..png.len() / 2], &jpeg[..20]] {
            assert_eq!(
                made(file),
                Err(Fault::LogoUnreadable),
                "{}",
                String::from_utf8_lossy(&file[..file.len().min(20)])
            );
        }
    }

    /// A few bytes that say that they are huge: they are refused before anything is made of them.
    #[test]
    fn a_picture_that_would_need_much_memory_is_refused() {
        let mut bomb = as_file(&plain(40, 30, [11, 107, 107, 255]), ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        let sum = checksum(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&sum);
        assert_eq!(made(&bomb), Err(Fault::LogoTooLarge));
        for (width, height) in [(SIDE + 1, 1), (1, SIDE + 1)] {
            let file = as_file(&plain(width, height, [9, 9, 9, 255]), ImageFormat::Png);
            assert_eq!(made(&file), Err(Fault::LogoTooLarge), "{width} {height}");
        }
    }

    #[test]
    fn a_picture_of_which_nothing_is_seen_is_refused() {
        let nothing = as_file(&plain(40, 30, [200, 0, 0, 0]), ImageFormat::Png);
        assert_eq!(made(&nothing), Err(Fault::LogoUnreadable));
    }

    #[tokio::test]
    async fn whoever_would_wait_too_long_is_told_at_once() {
        let file = as_file(&plain(40, 30, [9, 9, 9, 255]), ImageFormat::Png);
        let taken = TAKEN_IN.acquire_many(MOST.try_into().unwrap()).await.unwrap();
        assert_eq!(logo(file.clone()).await, Err(Fault::Busy));
        drop(taken);
        assert!(logo(file).await.is_ok());
    }

    #[test]
    fn what_is_white_is_set_on_a_dark_ground() {
        let mut white = plain(200, 60, [0, 0, 0, 0]);
        for x in 50..150 {
            white.put_pixel(x, 30, Rgba([255; 4]));
        }
        let set = pixels(&made(&as_file(&white, ImageFormat::Png)).unwrap());
        assert_eq!(set.dimensions(), (220, 80));
        assert_eq!((set.get_pixel(0, 0).0, set.get_pixel(110, 40).0), ([0x14, 0x20, 0x2b, 255], [255; 4]));
        // What is dark stays as it is, and so does what is not seen through.
        let mut dark = plain(200, 60, [0, 0, 0, 0]);
        dark.put_pixel(100, 30, Rgba([11, 107, 107, 255]));
        assert_eq!(pixels(&made(&as_file(&dark, ImageFormat::Png)).unwrap()), dark);
        let opaque = plain(200, 60, [255; 4]);
        assert_eq!(pixels(&made(&as_file(&opaque, ImageFormat::Png)).unwrap()), opaque);
    }

    #[test]
    fn edges_have_the_colour_of_what_is_seen() {
        // Red that is seen beside black that is not.
        let mut picture = plain(800, 224, [0, 0, 0, 0]);
        for (x, y) in (0..400).flat_map(|x| (0..224).map(move |y| (x, y))) {
            picture.put_pixel(x, y, Rgba([200, 0, 0, 255]));
        }
        let small = pixels(&made(&as_file(&picture, ImageFormat::Png)).unwrap());
        for pixel in small.pixels().filter(|pixel| pixel[3] > 8) {
            assert!(pixel[0] > 185, "{pixel:?}");
        }
    }

    #[test]
    fn what_would_be_heavy_is_smaller() {
        let mut state = 1_u32;
        let noise = RgbaImage::from_fn(400, 112, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, _] = state.to_be_bytes();
            Rgba([a, b, c, 255])
        });
        assert_eq!(drawn(noise).unwrap().logo.shown(), (100, 28));
    }
}
