// From "whose is this point?" to borders, by marching triangles: a grid of triangles is laid over the map, the owner of
// every corner is asked for, and where the corners of a triangle differ a border runs through it. Each crossing of a
// grid line is computed once and used by the triangles on both sides, so the areas fit together by construction:
// there is no clipping and no intersection of polygons whose rounding could open a gap.

const MARGIN = 0.06; // a crossing keeps this far from the ends of its grid line, so that crossings stay apart
const HALVINGS = 12;
const PRECISE = 1e6; // whole units per degree

/**
 * The borders between owners.
 *
 * `axes` is `{ lons, lats }`, ascending degrees, spaced as finely as the map needs at each place; `ownerOf([lon, lat])`
 * answers a whole number, 0 for nobody, and must answer 0 all along the edge of the grid. Pieces of an area smaller
 * than `smallest` grid corners are given to whoever surrounds them.
 * Returns segments `{ from, to, left, right }`, points in whole 1e-6 degrees, owners on either hand.
 */
export function borders({ lons, lats }, ownerOf, smallest) {
  const width = lons.length;
  const at = (k) => [lons[k % width], lats[Math.floor(k / width)]];
  const owner = new Uint8Array(width * lats.length);
  for (let k = 0; k < owner.length; k++) owner[k] = ownerOf(at(k));
  absorbSmallPieces(owner, width, smallest);

  const crossings = new Map();
  function crossing(a, b) {
    if (a > b) [a, b] = [b, a];
    const key = a * 4 + (b - a === 1 ? 0 : b - a === width ? 1 : 2);
    let point = crossings.get(key);
    if (!point) crossings.set(key, (point = quantise(halve(at(a), at(b), ownerOf, owner[a]))));
    return point;
  }

  const segments = [];
  function separate(from, to, corner, inner, outer) {
    const turn = (to[0] - from[0]) * (corner[1] - from[1]) - (to[1] - from[1]) * (corner[0] - from[0]);
    segments.push(turn > 0 ? { from, to, left: inner, right: outer } : { from, to, left: outer, right: inner });
  }
  function march(a, b, c) {
    const A = owner[a], B = owner[b], C = owner[c];
    if (A === B && B === C) return;
    const corner = (k) => quantise(at(k));
    if (B === C) separate(crossing(a, b), crossing(a, c), corner(a), A, B);
    else if (A === C) separate(crossing(b, a), crossing(b, c), corner(b), B, A);
    else if (A === B) separate(crossing(c, a), crossing(c, b), corner(c), C, A);
    else {
      const ab = crossing(a, b), bc = crossing(b, c), ca = crossing(c, a);
      const meeting = [0, 1].map((i) => Math.round((ab[i] + bc[i] + ca[i]) / 3));
      separate(ab, meeting, corner(a), A, B);
      separate(bc, meeting, corner(b), B, C);
      separate(ca, meeting, corner(c), C, A);
    }
  }
  for (let j = 0; j + 1 < lats.length; j++) for (let i = 0; i + 1 < width; i++) {
    const k = j * width + i;
    march(k, k + 1, k + width + 1);
    march(k, k + width + 1, k + width);
  }
  return segments;
}

/** Ascending degrees from `first` to `last`, `fine` apart inside any of the intervals `[low, high]`, else `coarse`. */
export function axis(first, last, coarse, fine, intervals) {
  const values = [];
  for (let v = Math.round(first * PRECISE); v <= last * PRECISE; ) {
    values.push(v / PRECISE);
    v += Math.round(PRECISE * (intervals.some(([low, high]) => v >= low * PRECISE && v < high * PRECISE) ? fine : coarse));
  }
  return values;
}

const quantise = ([lon, lat]) => [Math.round(lon * PRECISE), Math.round(lat * PRECISE)];

/** Where the owner changes between two corners of which the first has `mine`. */
function halve(a, b, ownerOf, mine) {
  let near = 0, far = 1;
  const along = (t) => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
  for (let n = 0; n < HALVINGS; n++) {
    const middle = (near + far) / 2;
    if (ownerOf(along(middle)) === mine) near = middle;
    else far = middle;
  }
  return along(Math.min(1 - MARGIN, Math.max(MARGIN, far)));
}

function absorbSmallPieces(owner, width, smallest) {
  const neighbours = [1, -1, width, -width, width + 1, -width - 1]; // the grid lines that marching triangles follow
  const seen = new Uint8Array(owner.length);
  for (let start = 0; start < owner.length; start++) {
    if (seen[start]) continue;
    seen[start] = 1;
    const piece = [start];
    const around = new Map();
    for (let next = 0; next < piece.length; next++) for (const step of neighbours) {
      const k = piece[next] + step;
      if (k < 0 || k >= owner.length) continue;
      if (owner[k] !== owner[start]) around.set(owner[k], (around.get(owner[k]) ?? 0) + 1);
      else if (!seen[k]) {
        seen[k] = 1;
        piece.push(k);
      }
    }
    if (piece.length >= smallest) continue;
    const [[heir]] = [...around].sort((x, y) => y[1] - x[1] || x[0] - y[0]);
    for (const k of piece) owner[k] = heir;
  }
}
