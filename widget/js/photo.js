/* Photos are made small on the device, before anything is sent.

   Drawing to a canvas and encoding again leaves every kind of metadata behind: EXIF, GPS, maker's
   notes, the film a "motion photo" carries after its end. The place the camera wrote is read first
   and only handed back as a suggestion; whether it is used is the citizen's to say. */

/** Larger originals are refused: decoding them can end the page on a small phone. Bytes. */
const MAX_BYTES = 60 * 1024 * 1024;
/** More pixels are refused: decoded, this many take 400 MB, more than a phone gives a page. */
const MAX_PIXELS = 100_000_000;
/** From so many on, an original that cannot be decoded is taken for too large, not for damaged. */
const MANY_PIXELS = 24_000_000;
/** So many pixels of the original are drawn at a time: some milliseconds on an old phone. */
const STRIP_PIXELS = 2_000_000;
/** EXIF stands in the first 64 KB segment after the start; two of them leave room for others. */
const HEAD_BYTES = 128 * 1024;

/** What went wrong with a photo. `code` is a locale key, `max` its figure; the report itself is
    never affected. */
export class PhotoError extends Error {
  constructor(code, max = "") {
    super(code);
    this.name = "PhotoError";
    this.code = code;
    this.max = max;
  }
}

/** One photo at a time, however many were chosen at once: each holds all of its pixels. */
let turn = Promise.resolve();

/**
 * Makes a photo small and clean, after those that were asked for before it.
 *
 * @param {Blob} file what the citizen chose
 * @param {{maxEdge?: number, quality?: number}} [options] longest edge in pixels, JPEG quality 0–1
 * @param {(share: number) => void} [onProgress] 0 to 1, from when its turn has come
 * @returns {Promise<{bytes: ArrayBuffer, width: number, height: number, type: string, gps: {lon: number, lat: number} | null}>}
 * @throws {PhotoError} `photo.empty`, `photo.type`, `photo.heic_unsupported`, `photo.too_large`
 *   with `max` in MB, `photo.dimensions`, `photo.broken`
 */
export function shrink(file, options, onProgress) {
  const made = turn.then(() => shrinkNow(file, options, onProgress));
  turn = made.catch(() => {});
  return made;
}

async function shrinkNow(file, { maxEdge = 2048, quality = 0.82 } = {}, onProgress = () => {}) {
  onProgress(0.05);
  if (file.size === 0) throw new PhotoError("photo.empty");
  if (file.size > MAX_BYTES) throw new PhotoError("photo.too_large", String(MAX_BYTES / 1024 / 1024));
  const head = new DataView(await read(file));
  // What it is, its first bytes say; names and types are only what somebody called it.
  const kind = sniff(head);
  if (kind === null) throw new PhotoError("photo.type");
  const stated = kind === "jpeg" ? frame(head) : kind === "png" ? header(head) : null;
  const pixels = stated ? stated.width * stated.height : 0;
  if (pixels > MAX_PIXELS) throw new PhotoError("photo.dimensions");
  const gps = place(head);
  onProgress(0.1);
  await breath();

  const picture = await decode(file).catch(() => {
    throw new PhotoError(kind === "heic" ? "photo.heic_unsupported" : pixels > MANY_PIXELS ? "photo.dimensions" : "photo.broken");
  });
  try {
    onProgress(0.5);
    await breath();
    const scale = Math.min(1, maxEdge / Math.max(picture.width, picture.height));
    const width = Math.max(1, Math.round(picture.width * scale));
    const height = Math.max(1, Math.round(picture.height * scale));
    const canvas = surface(width, height);
    const pen = canvas.getContext("2d", { alpha: false });
    if (!pen) throw new PhotoError("photo.dimensions");
    pen.fillStyle = "#fff"; // under a transparent PNG
    pen.fillRect(0, 0, width, height);
    pen.imageSmoothingQuality = "high";
    await drawInStrips(pen, picture, (share) => onProgress(0.5 + 0.3 * share));
    const blob = await encode(canvas, quality);
    canvas.width = canvas.height = 0; // phones count canvas memory until it is collected
    const bytes = await blob.arrayBuffer();
    onProgress(1);
    return { bytes, width, height, type: "image/jpeg", gps };
  } finally {
    picture.close();
  }
}

/* The first bytes. A file that went away since it was chosen, as from a memory card or a cloud,
   cannot be read. */
async function read(file) {
  try {
    return await file.slice(0, HEAD_BYTES).arrayBuffer();
  } catch {
    throw new PhotoError("photo.broken");
  }
}

/** Fills the canvas with the picture, strip by strip, so that the page answers in between. */
async function drawInStrips(pen, picture, onProgress) {
  const { width, height } = pen.canvas;
  const scale = picture.height / height;
  const rows = Math.max(1, Math.floor(STRIP_PIXELS / picture.width / scale));
  for (let top = 0; top < height; top += rows) {
    const tall = Math.min(rows, height - top);
    pen.drawImage(picture, 0, top * scale, picture.width, tall * scale, 0, top, width, tall);
    onProgress((top + tall) / height);
    await breath();
  }
}

/**
 * Draws a photo into `canvas`, filling it, the middle kept. No `blob:` address is made: a page's
 * `img-src` may forbid them.
 *
 * @param {HTMLCanvasElement} canvas its `width` and `height` are the thumbnail's, in pixels
 * @param {Blob | ArrayBuffer} source
 * @returns {Promise<boolean>} false where the picture cannot be read; the canvas is left empty
 */
export async function preview(canvas, source) {
  const blob = source instanceof Blob ? source : new Blob([source], { type: "image/jpeg" });
  let picture;
  try {
    picture = await decode(blob);
  } catch {
    return false;
  }
  const pen = canvas.getContext("2d");
  const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height);
  const [w, h] = [picture.width * scale, picture.height * scale];
  pen?.drawImage(picture, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
  picture.close();
  return pen !== null;
}

/* Turned as the camera was held. Browsers that do not know the word yet (Chrome before 112, Firefox
   before 111, Safari before 16) refuse it, and do so without it. */
const decode = (blob) =>
  createImageBitmap(blob, { imageOrientation: "from-image" }).catch((error) => {
    if (error instanceof TypeError) return createImageBitmap(blob);
    throw error;
  });

/* On the page, not offscreen: older Safari has no OffscreenCanvas with a 2d context. */
function surface(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function encode(canvas, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob?.size ? resolve(blob) : reject(new PhotoError("photo.broken"))), "image/jpeg", quality);
  });
}

/** Lets the page answer a finger between the heavy steps. */
const breath = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What kind of picture begins so; null for everything else. */
function sniff(view) {
  const text = (at, length) =>
    at + length > view.byteLength ? "" : String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));
  if (text(0, 3) === "\xff\xd8\xff") return "jpeg";
  if (text(0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (text(0, 4) === "RIFF" && text(8, 4) === "WEBP") return "webp";
  if (text(0, 4) === "GIF8") return "gif"; // its first picture is used
  // ISO base media: "ftyp", then the brand of an AVIF or HEIF picture (ISO/IEC 23008-12).
  if (text(4, 4) !== "ftyp") return null;
  const brand = text(8, 4);
  if (["avif", "avis"].includes(brand)) return "avif";
  return ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"].includes(brand) ? "heic" : null;
}

/* PNG: the size stands in the header chunk, which is the first. */
function header(view) {
  return view.byteLength < 24 ? null : { width: view.getUint32(16), height: view.getUint32(20) };
}

/* JPEG: the size stands in the frame header, SOF0 to SOF15 without DHT, JPG and DAC. */
function frame(view) {
  for (const { marker, at } of segments(view)) {
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame && at + 9 <= view.byteLength) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
  }
  return null;
}

/** The segments of a JPEG up to its scan: where each begins, and its length without the marker. */
function* segments(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return;
  for (let at = 2; at + 4 <= view.byteLength; ) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker >> 8 !== 0xff || marker === 0xffda || length < 2) return;
    yield { marker, at, length };
    at += 2 + length;
  }
}

/** Where the camera says it was, or null. Anything odd is null: it is a suggestion, not a proof. */
function place(view) {
  try {
    const tiff = exif(view);
    return tiff ? position(tiff) : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // a pointer out of the data: DataView's own check
    throw error;
  }
}

/* APP1 "Exif\0\0" of a JPEG; returns the TIFF part. */
function exif(view) {
  for (const { marker, at, length } of segments(view)) {
    if (marker !== 0xffe1 || view.getUint32(at + 4) !== 0x45786966 || view.getUint16(at + 8) !== 0) continue;
    const start = at + 10;
    const size = Math.min(length - 8, view.byteLength - start);
    return size > 8 ? new DataView(view.buffer, view.byteOffset + start, size) : null;
  }
  return null;
}

/* TIFF 6.0 directories; EXIF 2.32, section 4.6.6: tags 1–4 of the GPS directory. */
function position(tiff) {
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (tiff.getUint16(2, little) !== 42) return null;
  const gps = entries(tiff, tiff.getUint32(4, little), little).get(0x8825);
  if (!gps) return null;
  const tags = entries(tiff, tiff.getUint32(gps + 8, little), little);
  const lat = degrees(tiff, tags.get(2), little);
  const lon = degrees(tiff, tags.get(4), little);
  if (lat === null || lon === null) return null;
  const south = tags.has(1) && tiff.getUint8(tags.get(1) + 8) === 0x53;
  const west = tags.has(3) && tiff.getUint8(tags.get(3) + 8) === 0x57;
  const at = { lon: west ? -lon : lon, lat: south ? -lat : lat };
  const real = Math.abs(at.lat) <= 90 && Math.abs(at.lon) <= 180 && (at.lat !== 0 || at.lon !== 0);
  return real ? at : null;
}

/** Tag → offset of its entry; at most 256 of them are looked at. */
function entries(tiff, start, little) {
  const count = Math.min(tiff.getUint16(start, little), 256);
  const found = new Map();
  for (let n = 0; n < count; n++) {
    const at = start + 2 + n * 12;
    found.set(tiff.getUint16(at, little), at);
  }
  return found;
}

/** Three unsigned rationals: degrees, minutes, seconds. */
function degrees(tiff, entry, little) {
  if (entry === undefined) return null;
  if (tiff.getUint16(entry + 2, little) !== 5 || tiff.getUint32(entry + 4, little) !== 3) return null;
  const at = tiff.getUint32(entry + 8, little);
  const part = (n) => {
    const below = tiff.getUint32(at + n * 8 + 4, little);
    return below === 0 ? Number.NaN : tiff.getUint32(at + n * 8, little) / below;
  };
  const value = part(0) + part(1) / 60 + part(2) / 3600;
  return Number.isFinite(value) ? value : null;
}
