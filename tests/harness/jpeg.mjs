// A photo as phones make them: it says where it was taken, by which camera, and carries a film
// after its end. A picture of any size, written by hand. And the other side: what a picture still
// says about itself.

/** Where the photo in these tests was taken; the camera's name and the film are findable as text. */
export const TAKEN = { lon: 49.9811, lat: 26.4233 };
const CAMERA = "Balagh Testcam 9";
const FILM = "ftypmp42 motion film +26.4233+049.9811/";
const NOTE = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Photographer Name</x:xmpmeta>";

/**
 * A real JPEG, drawn and encoded by Chromium, with EXIF (camera, orientation, GPS), XMP, a comment
 * and a trailer.
 * @param {import("playwright-core").Browser} browser
 * @param {{width?: number, height?: number, seed?: number, orientation?: number}} [look]
 *   `orientation`: how EXIF says the camera was held, 1 to 8; 6 is upright
 */
export async function phonePhoto(browser, { width = 1280, height = 960, seed = 1, orientation = 1 } = {}) {
  const page = await browser.newPage();
  try {
    const base64 = await page.evaluate(draw, { width, height, seed });
    return withMetadata(Buffer.from(base64, "base64"), orientation);
  } finally {
    await page.close();
  }
}

/** Asphalt with a hole in it. Runs in the page. */
async function draw({ width, height, seed }) {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#6b6e73";
  pen.fillRect(0, 0, width, height);
  let state = seed;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let i = 0; i < 4000; i++) {
    const grey = 80 + Math.floor(random() * 70);
    pen.fillStyle = `rgb(${grey},${grey},${grey + 4})`;
    pen.fillRect(random() * width, random() * height, 3, 3);
  }
  pen.fillStyle = "#23201d";
  pen.beginPath();
  pen.ellipse(width / 2, height * 0.6, width * 0.28, height * 0.16, 0.1, 0, 7);
  pen.fill();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Puts the metadata a phone writes into a clean JPEG. */
export function withMetadata(jpeg, orientation = 1) {
  return Buffer.concat([
    jpeg.subarray(0, 2),
    segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff(orientation)])),
    segment(0xe1, Buffer.from(NOTE, "latin1")),
    segment(0xfe, Buffer.from(CAMERA, "latin1")),
    jpeg.subarray(2),
    Buffer.from(FILM, "latin1"),
  ]);
}

/**
 * An even grey of any size, as a baseline JPEG (ITU T.81): every block differs by nothing from the
 * one before, which is two bits a block. Sixty million pixels are 230 KB.
 * @param {{width: number, height: number}} size in pixels, at most 65,535 each
 */
export function plainJpeg({ width, height }) {
  const quantised = Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]);
  const frame = Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  // One code a table: "0" is "no difference", and "0" is the end of a block.
  const table = (kind) => Buffer.from([kind, 1, ...Array(15).fill(0), 0]);
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, quantised),
    segment(0xc0, frame),
    segment(0xc4, table(0x00)),
    segment(0xc4, table(0x10)),
    segment(0xda, Buffer.from([1, 1, 0x00, 0, 63, 0])),
    Buffer.alloc(Math.ceil((blocks * 2) / 8)),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Width and height in pixels, as the frame header says. */
export function sizeOf(jpeg) {
  for (let at = 2; at < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg[at + 1];
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: jpeg.readUInt16BE(at + 7), height: jpeg.readUInt16BE(at + 5) };
    }
  }
  throw new Error("no frame header");
}

function segment(marker, body) {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

// Little-endian TIFF: IFD0 (make, orientation, pointer to GPS), then the GPS directory.
function tiff(orientation) {
  const make = Buffer.from(`${CAMERA}\0`, "latin1");
  const gpsAt = 8 + 2 + 3 * 12 + 4;
  const dataAt = gpsAt + 2 + 4 * 12 + 4;
  const [latAt, lonAt, makeAt] = [dataAt, dataAt + 24, dataAt + 48];
  const out = Buffer.alloc(makeAt + make.length);
  out.write("II*\0", 0, "latin1");
  out.writeUInt32LE(8, 4);
  const entry = (at, tag, type, count, value) => {
    out.writeUInt16LE(tag, at);
    out.writeUInt16LE(type, at + 2);
    out.writeUInt32LE(count, at + 4);
    out.writeUInt32LE(value, at + 8);
  };
  out.writeUInt16LE(3, 8);
  entry(10, 0x010f, 2, make.length, makeAt);
  entry(22, 0x0112, 3, 1, orientation);
  entry(34, 0x8825, 4, 1, gpsAt);
  out.writeUInt16LE(4, gpsAt);
  entry(gpsAt + 2, 1, 2, 2, "N".charCodeAt(0));
  entry(gpsAt + 14, 2, 5, 3, latAt);
  entry(gpsAt + 26, 3, 2, 2, "E".charCodeAt(0));
  entry(gpsAt + 38, 4, 5, 3, lonAt);
  const degrees = (at, value) => {
    const minutes = (value % 1) * 60;
    const parts = [[Math.floor(value), 1], [Math.floor(minutes), 1], [Math.round((minutes % 1) * 60e4), 1e4]];
    parts.flat().forEach((number, index) => out.writeUInt32LE(number, at + 4 * index));
  };
  degrees(latAt, TAKEN.lat);
  degrees(lonAt, TAKEN.lon);
  make.copy(out, makeAt);
  return out;
}

/**
 * What a JPEG still says beyond its picture, a sentence each; empty when it is clean. One EXIF
 * segment with nothing but the orientation is allowed.
 */
export function traces(jpeg) {
  const found = [];
  if (jpeg.readUInt16BE(0) !== 0xffd8) return ["it does not start as a JPEG"];
  let at = 2;
  for (;;) {
    if (at + 4 > jpeg.length || jpeg[at] !== 0xff) return [...found, `no marker at byte ${at}`];
    const marker = jpeg[at + 1];
    const length = jpeg.readUInt16BE(at + 2);
    const body = jpeg.subarray(at + 4, at + 2 + length);
    at += 2 + length;
    if (marker === 0xda) break;
    if (marker === 0xfe) found.push("a comment");
    else if (marker === 0xe1 && body.subarray(0, 6).toString("latin1") === "Exif\0\0") {
      const tags = exifTags(body.subarray(6));
      if (tags.some((tag) => tag !== 0x0112)) found.push(`EXIF tags ${tags.map((tag) => tag.toString(16))}`);
    } else if (marker >= 0xe1 && marker <= 0xef && ![0xe2, 0xee].includes(marker)) {
      found.push(`an APP${marker - 0xe0} segment`);
    }
  }
  const end = endOfImage(jpeg, at);
  if (end !== jpeg.length) found.push(`${jpeg.length - end} bytes after the end of the image`);
  for (const words of [CAMERA, "Photographer", "motion film", "26.4233"]) {
    if (jpeg.includes(Buffer.from(words, "latin1"))) found.push(`the words "${words}"`);
  }
  return found;
}

function exifTags(tiff) {
  const little = tiff.toString("latin1", 0, 2) === "II";
  const u16 = (at) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const first = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  return Array.from({ length: u16(first) }, (_, index) => u16(first + 2 + index * 12));
}

/** Behind the scan data: past every marker but restarts and stuffed bytes, until EOI. */
function endOfImage(jpeg, from) {
  for (let at = from; at + 1 < jpeg.length; at++) {
    if (jpeg[at] !== 0xff) continue;
    const marker = jpeg[at + 1];
    if (marker === 0xd9) return at + 2;
    if (marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)) continue;
    at += 1 + jpeg.readUInt16BE(at + 2); // a table or another scan's header between the scans
  }
  return jpeg.length + 1;
}
