// Whose is this point? The nearest town's, measured after the point has been moved a little by a fixed noise: borders
// then wander like real ones instead of running straight, and still follow from the towns alone.
import { distanceKm, kmPerDegreeEast } from "./plane.mjs";

// Wavelengths of the noise in kilometres and, for each, its greatest displacement as a part of the wavelength.
const OCTAVES = [64, 26, 10, 4, 1.6, 0.7, 0.35].map((wave) => ({ wave, reach: wave * 0.22 }));
// No octave moves a point further than this part of the way to its town, so a town never leaves its own district.
const REACH_PER_DISTANCE = 0.13;

/** `towns`: `[{ at: [lon, lat], index }]`; the answer is `{ index, km }` of the nearest after the noise. */
export function nearestTown(towns) {
  return function nearest(p) {
    const { km } = closest(p, towns);
    return closest(wander(p, km), towns);
  };
}

function closest(p, towns) {
  let km = Infinity, index = 0;
  for (const town of towns) {
    const d = distanceKm(p, town.at);
    if (d < km) [km, index] = [d, town.index];
  }
  return { km, index };
}

function wander([lon, lat], km) {
  let east = 0, north = 0;
  for (const [octave, { wave, reach }] of OCTAVES.entries()) {
    const x = (lon * 100) / wave, y = (lat * 110) / wave; // kilometres, roughly: the noise needs no exact scale
    const amplitude = Math.min(reach, km * REACH_PER_DISTANCE);
    east += amplitude * noise(x, y, 2 * octave);
    north += amplitude * noise(x, y, 2 * octave + 1);
  }
  return [lon + east / kmPerDegreeEast(lat), lat + north / 111.32];
}

/** Value noise in −1…1: a hash at the whole coordinates, smoothly blended between them. */
function noise(x, y, seed) {
  const i = Math.floor(x), j = Math.floor(y);
  const u = ease(x - i), v = ease(y - j);
  const south = blend(hash(i, j, seed), hash(i + 1, j, seed), u);
  const north = blend(hash(i, j + 1, seed), hash(i + 1, j + 1, seed), u);
  return blend(south, north, v);
}

const ease = (t) => t * t * (3 - 2 * t);
const blend = (a, b, t) => a + (b - a) * t;

function hash(i, j, seed) {
  let h = Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1) ^ Math.imul(seed + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x7fffffff - 1;
}
