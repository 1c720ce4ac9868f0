// Lengths and angles on the ground, with nothing but + - * /: `Math.cos` may differ in its last bit between
// JavaScript engines, and these files must come out byte for byte the same on every machine.

const KM_PER_DEGREE = 111.32;

/** Kilometres per degree of longitude at a latitude (degrees): the cosine by its Taylor series, good to 1e-6 below 35°. */
export function kmPerDegreeEast(lat) {
  const x = (lat * 3.141592653589793) / 180;
  const s = x * x;
  return KM_PER_DEGREE * (1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - s / 56))));
}

/** The vector from `a` to `b` (`[lon, lat]` in degrees) in kilometres, east and north. */
export function kmBetween(a, b) {
  return [(b[0] - a[0]) * kmPerDegreeEast((a[1] + b[1]) / 2), (b[1] - a[1]) * KM_PER_DEGREE];
}

/** Distance in kilometres. */
export function distanceKm(a, b) {
  const [x, y] = kmBetween(a, b);
  return Math.sqrt(x * x + y * y);
}

/** Distance in kilometres from `p` to the segment `a`–`b`. */
export function distanceToSegmentKm(p, a, b) {
  const east = kmPerDegreeEast(p[1]);
  const ax = (a[0] - p[0]) * east, ay = (a[1] - p[1]) * KM_PER_DEGREE;
  const dx = (b[0] - a[0]) * east, dy = (b[1] - a[1]) * KM_PER_DEGREE;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length));
  const x = ax + t * dx, y = ay + t * dy;
  return Math.sqrt(x * x + y * y);
}
