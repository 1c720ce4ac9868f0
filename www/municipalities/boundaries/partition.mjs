// The proof that areas partition the map, made from the files as written, in exact whole numbers (1e-6 degrees; every
// product below stays under 2^53, areas are BigInt).

const BUCKET = 50_000; // 0.05°: about the length of the longer edges

/**
 * Checks that `areas` (`{ id, polygons }`, whole 1e-6 degrees) partition one outline without holes and throws the first
 * fault as a sentence. Returns `{ edges, shared, outer, doubleArea }`.
 *
 * 1. No edge is used twice in the same direction: two areas never lie on the same side of one edge.
 * 2. The edges without a reverse form one single ring, counter-clockwise. A gap, an overlap or a vertex that only one
 *    of two neighbours has would leave a further ring.
 * 3. No two edges cross, touch or overlap except at a common end.
 *
 * Why that is enough: edges used both ways cancel, so around any point the winding numbers of all areas add up to that
 * of the one ring left over, which is simple by 3: exactly one inside the outline, nought outside.
 */
export function verifyPartition(areas) {
  const edges = new Map();
  let total = 0n;
  for (const { id, polygons } of areas) for (const polygon of polygons) for (const [place, ring] of polygon.entries()) {
    if (ring.length < 4 || String(ring[0]) !== String(ring.at(-1))) throw new Error(`${id}: a ring is not closed`);
    let area = 0n;
    for (let i = 1; i < ring.length; i++) {
      const a = ring[i - 1], b = ring[i], key = `${a};${b}`;
      if (same(a, b)) throw new Error(`${id}: the vertex ${a} is repeated`);
      if (edges.has(key)) throw new Error(`${id} and ${edges.get(key).id} both use the edge ${key}`);
      edges.set(key, { id, a, b });
      area += cross(a, b);
    }
    if ((place === 0) !== (area > 0n)) throw new Error(`${id}: ring ${place} is wound the wrong way`);
    total += area;
  }

  const onward = new Map();
  const undirected = [];
  for (const { id, a, b } of edges.values()) {
    const paired = edges.has(`${b};${a}`);
    if (!paired || a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])) undirected.push([a, b]);
    if (paired) continue;
    if (onward.has(String(a))) throw new Error(`${id}: the outer boundary parts at ${a}`);
    onward.set(String(a), b);
  }
  const [start] = onward.keys();
  let here = start, steps = 0, outer = 0n;
  do {
    const next = onward.get(here);
    if (!next) throw new Error(`the outer boundary is open at ${here}`);
    outer += cross(here.split(",").map(Number), next);
    onward.delete(here);
    here = String(next);
    steps++;
  } while (here !== start);
  // Which of the rings is the outline and which the fault is told by length.
  if (onward.size > 0) throw new Error(`a gap, an overlap or a vertex not shared at ${steps < onward.size ? start : onward.keys().next().value}`);
  if (outer !== total) throw new Error(`the areas sum to ${total}, the outline holds ${outer}`);
  const [pair] = crossingPairs(undirected);
  if (pair) throw new Error(`edges cross or touch: ${undirected[pair[0]].join(" – ")} and ${undirected[pair[1]].join(" – ")}`);
  return { edges: undirected.length, shared: undirected.length - steps, outer: steps, doubleArea: total };
}

/** Pairs of indices of segments `[a, b]` that meet anywhere but at a common end. */
export function crossingPairs(segments) {
  const buckets = new Map();
  const pairs = new Set();
  for (const [n, [a, b]] of segments.entries()) {
    for (let x = Math.floor(Math.min(a[0], b[0]) / BUCKET); x <= Math.floor(Math.max(a[0], b[0]) / BUCKET); x++)
      for (let y = Math.floor(Math.min(a[1], b[1]) / BUCKET); y <= Math.floor(Math.max(a[1], b[1]) / BUCKET); y++) {
        const key = x * 100_000 + y;
        const bucket = buckets.get(key);
        if (!bucket) {
          buckets.set(key, [n]);
          continue;
        }
        for (const m of bucket) if (meet(segments[m], segments[n])) pairs.add(m * segments.length + n);
        bucket.push(n);
      }
  }
  return [...pairs].sort((x, y) => x - y).map((code) => [Math.floor(code / segments.length), code % segments.length]);
}

function meet([a, b], [c, d]) {
  const shared = [same(a, c), same(a, d), same(b, c), same(b, d)].filter(Boolean).length;
  if (shared === 2) return true; // the same segment twice
  if (shared === 1) {
    const [p, q, r] = same(a, c) ? [a, b, d] : same(a, d) ? [a, b, c] : same(b, c) ? [b, a, d] : [b, a, c];
    return side(p, q, r) === 0 && (q[0] - p[0]) * (r[0] - p[0]) + (q[1] - p[1]) * (r[1] - p[1]) > 0;
  }
  const s = side(a, b, c), t = side(a, b, d), u = side(c, d, a), v = side(c, d, b);
  if (s !== t && u !== v && s * t <= 0 && u * v <= 0) return true;
  return s === 0 && t === 0 && [0, 1].every((i) => Math.max(Math.min(a[i], b[i]), Math.min(c[i], d[i])) <= Math.min(Math.max(a[i], b[i]), Math.max(c[i], d[i])));
}

const same = (a, b) => a[0] === b[0] && a[1] === b[1];
const side = (a, b, p) => Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]));
const cross = (a, b) => BigInt(a[0]) * BigInt(b[1]) - BigInt(b[0]) * BigInt(a[1]);
