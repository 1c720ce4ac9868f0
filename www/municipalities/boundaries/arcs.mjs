// Borders as arcs: each stretch between two meeting points is kept once, simplified once and used by the areas on both
// of its sides, one forwards and one backwards. That is what makes them share every vertex.
import { distanceToSegmentKm } from "./plane.mjs";
import { crossingPairs } from "./partition.mjs";

const keyOf = (point) => `${point[0]},${point[1]}`;

/** Joins the segments of `borders` into arcs `{ points, left, right }`; an arc without meeting points closes on itself. */
export function join(segments) {
  const touching = new Map();
  for (const segment of segments) for (const end of [segment.from, segment.to]) {
    const key = keyOf(end);
    if (touching.has(key)) touching.get(key).push(segment);
    else touching.set(key, [segment]);
  }
  const used = new Set();
  const arcs = [];
  function follow(first, start) {
    const forwards = keyOf(first.from) === keyOf(start);
    const points = [start];
    for (let segment = first, here = start; ; ) {
      used.add(segment);
      here = keyOf(segment.from) === keyOf(here) ? segment.to : segment.from;
      points.push(here);
      const around = touching.get(keyOf(here));
      if (around.length !== 2) break;
      segment = around[0] === segment ? around[1] : around[0];
      if (used.has(segment)) break;
    }
    arcs.push(forwards ? { points, left: first.left, right: first.right } : { points, left: first.right, right: first.left });
  }
  for (const segment of segments) for (const end of [segment.from, segment.to])
    if (!used.has(segment) && touching.get(keyOf(end)).length !== 2) follow(segment, end);
  for (const segment of segments) if (!used.has(segment)) follow(segment, segment.from);
  return arcs;
}

/**
 * Drops the vertices that lie within `toleranceKm([lon, lat])` of the line (Douglas and Peucker); arcs that would then
 * cross or touch are simplified less until none does.
 */
export function simplify(arcs, toleranceKm) {
  const care = arcs.map(() => 1);
  for (;;) {
    const simpler = arcs.map((arc, i) => ({ ...arc, points: thin(arc.points, (p) => toleranceKm(p) * care[i]) }));
    const source = simpler.flatMap((arc, i) => arc.points.slice(1).map(() => i));
    const pairs = crossingPairs(simpler.flatMap(({ points }) => points.slice(1).map((to, i) => [points[i], to])));
    if (pairs.length === 0) return simpler;
    const guilty = new Set(pairs.flat().map((segment) => source[segment]));
    if ([...guilty].every((i) => care[i] < 1e-3)) throw new Error("the borders cross even before they are simplified");
    for (const i of guilty) care[i] /= 2;
  }
}

function thin(points, toleranceKm) {
  const degrees = points.map(([x, y]) => [x / 1e6, y / 1e6]);
  const keep = new Set([0, points.length - 1]);
  const closed = keyOf(points[0]) === keyOf(points.at(-1));
  // A ring has no natural ends: its first point and the two at thirds are kept, so that it never collapses.
  const stack = closed ? thirds(points.length, keep) : [[0, points.length - 1]];
  while (stack.length > 0) {
    const [first, last] = stack.pop();
    let worst = 1, split = -1;
    for (let i = first + 1; i < last; i++) {
      const excess = distanceToSegmentKm(degrees[i], degrees[first], degrees[last]) / toleranceKm(degrees[i]);
      if (excess > worst) [worst, split] = [excess, i];
    }
    if (split < 0) continue;
    keep.add(split);
    stack.push([first, split], [split, last]);
  }
  return points.filter((_, i) => keep.has(i));
}

function thirds(length, keep) {
  const a = Math.floor(length / 3), b = Math.floor((2 * length) / 3);
  keep.add(a).add(b);
  return [[0, a], [a, b], [b, length - 1]];
}

/** The polygons of one owner, GeoJSON order: `[shell, ...holes][]`, shells counter-clockwise, largest first. */
export function polygonsOf(owner, arcs) {
  const starting = new Map();
  for (const arc of arcs) {
    if (arc.left === owner) starting.set(keyOf(arc.points[0]), arc.points);
    if (arc.right === owner) starting.set(keyOf(arc.points.at(-1)), arc.points.toReversed());
  }
  const rings = [];
  while (starting.size > 0) {
    const ring = [];
    let [here] = starting.keys();
    for (let arc = starting.get(here); arc; arc = starting.get(here)) {
      starting.delete(here);
      ring.push(...arc.slice(ring.length === 0 ? 0 : 1));
      here = keyOf(ring.at(-1));
    }
    if (here !== keyOf(ring[0])) throw new Error(`a ring of area ${owner} does not close`);
    rings.push(ring);
  }
  const shells = rings.filter((ring) => doubleArea(ring) > 0n).sort((a, b) => (doubleArea(a) < doubleArea(b) ? 1 : -1));
  const polygons = shells.map((shell) => [shell]);
  for (const hole of rings.filter((ring) => doubleArea(ring) < 0n)) {
    const home = polygons.findLast(([shell]) => encloses(shell, hole[0])); // the smallest shell that holds it
    if (!home) throw new Error(`a hole of area ${owner} lies in none of its shells`);
    home.push(hole);
  }
  return polygons;
}

/** Twice the area enclosed, exactly, in square 1e-6 degrees; positive counter-clockwise. */
export function doubleArea(ring) {
  let sum = 0n;
  for (let i = 1; i < ring.length; i++)
    sum += BigInt(ring[i - 1][0]) * BigInt(ring[i][1]) - BigInt(ring[i][0]) * BigInt(ring[i - 1][1]);
  return sum;
}

function encloses(ring, [x, y]) {
  let inside = false;
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = ring[i - 1], [bx, by] = ring[i];
    if (ay > y !== by > y && (x - ax) * (by - ay) < (y - ay) * (bx - ax) === by > ay) inside = !inside;
  }
  return inside;
}
