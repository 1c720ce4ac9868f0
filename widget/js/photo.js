/* Photos are made small on the device, before anything is sent.

   Drawing to a canvas and encoding again leaves every kind of metadata behind: EXIF, GPS, maker's
   notes, the film a "motion photo" carries after its end. The place the camera wrote is read first
   and only handed back as a suggestion; whether it is used is the citizen's to say. */

const TYPES = ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "image/avif", "image/gif", ""];
/** Larger originals are refused: decoding them can end the page on a small phone. Bytes. */
const MAX_BYTES = 60 * 1024 * 1024;
/** EXIF stands in the first 64 KB segment after the start; two of them leave room for others. */
const HEAD_BYTES = 128 * 1024;

/** What went wrong with a photo. `code` is a locale key; the report itself is never affected. */
export class PhotoError extends Error {
  constructor(code) {
    super(code);
    this.name = "PhotoError";
    this.code = code;
  }
}

/**
 * Makes a photo small and clean.
 *
 * @param {Blob} file what the citizen chose
 * @param {{maxEdge?: number, quality?: number}} [options] longest edge in pixels, JPEG quality 0–1
 * @param {(share: number) => void} [onProgress] 0 to 1
 * @returns {Promise<{bytes: ArrayBuffer, width: number, height: number, type: string, gps: {lon: number, lat: number} | null}>}
 * @throws {PhotoError} `photo.type`, `photo.heic_unsupported`, `photo.too_large`, `photo.broken`
 */
export async function shrink(file, { maxEdge = 2048, quality = 0.82 } = {}, onProgress = () => {}) {
  if (file.size > MAX_BYTES) throw new PhotoError("photo.too_large");
  const head = new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const heic = isHeic(head);
  if (!heic && !TYPES.includes(file.type.toLowerCase())) throw new PhotoError("photo.type");
  const gps = place(head);
  onProgress(0.1);
  await breath();

  const picture = await decode(file, heic);
  try {
    onProgress(0.5);
    await breath();
    const scale = Math.min(1, maxEdge / Math.max(picture.width, picture.height));
    const width = Math.max(1, Math.round(picture.width * scale));
    const height = Math.max(1, Math.round(picture.height * scale));
    const canvas = surface(width, height);
    const pen = canvas.getContext("2d", { alpha: false });
    if (!pen) throw new PhotoError("photo.too_large");
    pen.fillStyle = "#fff"; // under a transparent PNG
    pen.fillRect(0, 0, width, height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, width, height);
    onProgress(0.7);
    await breath();
    const blob = await encode(canvas, quality);
    canvas.width = canvas.height = 0; // phones count canvas memory until it is collected
    const bytes = await blob.arrayBuffer();
    onProgress(1);
    return { bytes, width, height, type: "image/jpeg", gps };
  } finally {
    picture.close();
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
    picture = await decode(blob, false);
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

async function decode(blob, heic) {
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    throw new PhotoError(heic ? "photo.heic_unsupported" : "photo.broken");
  }
}

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

/* ISO base media: "ftyp", then a HEIF brand (ISO/IEC 23008-12). */
function isHeic(view) {
  if (view.byteLength < 12 || view.getUint32(4) !== 0x66747970) return false;
  const brand = String.fromCharCode(view.getUint8(8), view.getUint8(9), view.getUint8(10), view.getUint8(11));
  return ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"].includes(brand);
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

/* JPEG segments up to APP1 "Exif\0\0"; returns the TIFF part. */
function exif(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 4 <= view.byteLength) {
    const marker = view.getUint16(at);
    if (marker >> 8 !== 0xff || marker === 0xffda) return null;
    const length = view.getUint16(at + 2);
    if (length < 2) return null;
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966 && view.getUint16(at + 8) === 0) {
      const start = at + 10;
      const size = Math.min(length - 8, view.byteLength - start);
      return size > 8 ? new DataView(view.buffer, view.byteOffset + start, size) : null;
    }
    at += 2 + length;
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
