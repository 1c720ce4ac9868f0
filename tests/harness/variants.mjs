// The same screen as different people have it: language, colours, width, size of text.

export const LANGUAGES = ["ar", "en", "ur", "hi", "id", "ms"];
const THEMES = ["light", "dark", "forced"];
/** The narrowest that WCAG 1.4.10 asks for, and a desktop's window: CSS pixels. */
const WIDTHS = [320, 1280];
/** As WCAG 1.4.4 asks. */
const TEXTS = ["100%", "200%"];

/** All that a screen is seen in by who reads one language. */
export const ALL = THEMES.flatMap((theme) => WIDTHS.flatMap((width) => TEXTS.map((text) => ({ theme, width, text }))));

/**
 * Six of the twelve in which every theme meets every width and every size of text, and every width
 * every size of text: each pair once or more.
 */
const PAIRS = THEMES.flatMap((theme, t) =>
  WIDTHS.map((width, w) => ({ theme, width, text: TEXTS[(t + w) % TEXTS.length] })),
);

/**
 * What the readers of `lang` see screen number `screen` in. Six languages share the six pairs, so
 * that every screen is seen in all of them; the next screen deals them out anew, so that every
 * language meets every pair on some screen.
 */
export function paired(lang, screen) {
  return PAIRS[(LANGUAGES.indexOf(lang) + screen) % PAIRS.length];
}

/** Shows the page so. Most forced palettes are dark, and browsers say so. */
export async function show(page, { theme, width, text }) {
  await page.emulateMedia({
    colorScheme: theme === "light" ? "light" : "dark",
    forcedColors: theme === "forced" ? "active" : "none",
  });
  await page.setViewportSize({ width, height: 800 });
  await page.evaluate((size) => (document.documentElement.style.fontSize = size), text);
}

export const called = ({ theme, width, text }) => `${theme}, ${width} px, ${text} text`;
