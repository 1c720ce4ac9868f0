// What the answer must be, worked out another way than the product does it.

const DAY_MS = 86_400_000;
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * By when a report of `code` received at `received` is due, in milliseconds since 1970.
 *
 * The product walks from span to span; this searches for the first instant by which enough open time
 * has passed.
 */
export function due(document, code, received) {
  const categories = document.groups.flatMap((group) => group.categories);
  const { due: rule } = categories.find((category) => category.code === code);
  const needed = rule.amount * 3_600_000;
  if (rule.unit === "hours") return received + needed;
  const calendar = document.calendars.find(({ id }) => id === rule.calendar);
  const offset = document.time_zone.offset_minutes * 60_000;
  let [early, late] = [received, received + 400 * DAY_MS];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (openBetween(calendar, received + offset, middle + offset) >= needed) late = middle;
    else early = middle;
  }
  return late;
}

/** Milliseconds that `calendar` is open between two local instants. */
function openBetween(calendar, from, to) {
  let open = 0;
  for (let midnight = Math.floor(from / DAY_MS) * DAY_MS; midnight < to; midnight += DAY_MS) {
    const date = new Date(midnight).toISOString().slice(0, 10);
    const special = (calendar.holidays ?? []).find((days) => days.from <= date && date <= days.to);
    const week = special ? (special.week ?? {}) : calendar.week;
    for (const span of week[DAYS[new Date(midnight).getUTCDay()]] ?? []) {
      const [opens, closes] = span.map((clock) => {
        const [hours, minutes] = clock.split(":").map(Number);
        return midnight + (hours * 60 + minutes) * 60_000;
      });
      open += Math.max(0, Math.min(closes, to) - Math.max(opens, from));
    }
  }
  return open;
}

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Whether a report number's check symbol is right: Σ αⁱ·symbolᵢ = 0 over GF(32), x⁵ + x² + 1. */
export function checks(number) {
  const symbols = [...number.replaceAll("-", "")].map((letter) => ALPHABET.indexOf(letter));
  if (symbols.includes(-1)) return false;
  const timesAlpha = (value) => (value << 1) ^ (value & 16 ? 0b100101 : 0);
  // Horner's rule, from the left.
  return symbols.reduce((sum, symbol) => timesAlpha(sum) ^ symbol, 0) === 0;
}
