// The embed builder: what is chosen, as the lines that a web master copies and as the form itself.

/** The words of the link inside, which stands where the form cannot. */
const LINK = {
  ar: "تقديم بلاغ",
  en: "Report a problem",
  ur: "اطلاع دیں",
  hi: "समस्या की रिपोर्ट करें",
  id: "Buat laporan",
  ms: "Buat laporan",
};
/** The brand colour that needs no line of CSS. */
const OWN_BRAND = "#0e6a4f";
/** What WCAG asks of text, and the municipality's checker of a theme. */
const LEAST_CONTRAST = 4.5;

const edge = location.origin;
const form = document.getElementById("options");
const place = document.getElementById("preview");
const output = (id, text) => {
  document.getElementById(id).textContent = text;
  document.getElementById(`${id}-s`).hidden = text === "";
};

/** The release that this edge serves; the form says which. */
let release;

/** What is chosen. */
function chosen() {
  const data = new FormData(form);
  return { ...Object.fromEntries(data), pin: data.has("pin") };
}

function script({ pin, isolation }) {
  if (isolation === "plain") return "";
  const pinned = pin && release
    ? `src="${edge}/r/${release.version}/balagh.js"\n        integrity="${release.integrity}" crossorigin`
    : `src="${edge}/balagh.js"`;
  return `<script type="module" ${pinned}></script>\n`;
}

function snippet(chosen) {
  const { municipality, lang, theme, isolation } = chosen;
  const words = LINK[lang];
  if (isolation === "plain") {
    const query = new URLSearchParams({ lang, ...(theme && { theme }) }).toString().replaceAll("&", "&amp;");
    return `<iframe src="${edge}/embed/${municipality}?${query}" title="${words}"\n        allow="geolocation; camera" width="100%" height="720"></iframe>`;
  }
  const more = [theme && ` theme="${theme}"`, isolation && ` isolation="${isolation}"`].filter(Boolean).join("");
  return (
    `${script(chosen)}<balagh-report municipality="${municipality}" lang="${lang}"${more}>\n` +
    `  <a href="${edge}/${municipality}/report?lang=${lang}">${words}</a>\n</balagh-report>`
  );
}

function policy({ isolation }) {
  if (isolation === "plain") return `frame-src ${edge}`;
  if (isolation === "frame") return `script-src ${edge};\nframe-src ${edge}`;
  return `script-src ${edge} 'wasm-unsafe-eval';\nconnect-src ${edge};\nimg-src ${edge}`;
}

/** WCAG's contrast of a colour on white. */
function contrast(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}

function preview({ municipality, lang, theme, isolation, brand }) {
  const words = LINK[lang];
  if (isolation === "plain") {
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: `/embed/${municipality}?${new URLSearchParams({ lang, theme })}`, title: words, allow: "geolocation; camera", width: "100%", height: "720" });
    return frame;
  }
  const element = document.createElement("balagh-report");
  Object.assign(element, { municipality, lang, theme, isolation });
  if (brand !== OWN_BRAND) element.style.setProperty("--balagh-brand", brand);
  const link = document.createElement("a");
  Object.assign(link, { href: `/${municipality}/report?lang=${lang}`, textContent: words });
  element.append(link);
  return element;
}

/** Everything that follows from what is chosen; `form` when the form itself is another. */
function show(isForm) {
  const it = chosen();
  const framed = it.isolation !== "";
  const ratio = contrast(it.brand);
  const said = document.getElementById("contrast");
  const low = ratio < LEAST_CONTRAST ? `, ${said.dataset.low}` : "";
  said.textContent = `${said.dataset.contrast}: ${ratio.toFixed(1)}${low}`;
  said.classList.toggle("low", low !== "");
  form.elements.brand.closest("label").hidden = framed;
  form.elements.pin.closest("label").hidden = it.isolation === "plain";
  output("snippet", snippet(it));
  output("css", !framed && it.brand !== OWN_BRAND ? `balagh-report {\n  --balagh-brand: ${it.brand};\n}` : "");
  output("csp", policy(it));
  output("origin", '"partners": [{"origins": ["https://www.example.gov"], …}]');
  if (isForm) place.replaceChildren(preview(it));
}

addEventListener("balagh:ready", async ({ detail }) => {
  if (release) return;
  const answer = await fetch(`/r/${detail.version}/release.json`);
  if (answer.ok) release = await answer.json();
  show(false);
});
form.addEventListener("change", ({ target }) => show(target.name !== "pin"));
form.addEventListener("submit", (event) => event.preventDefault());
for (const button of document.querySelectorAll("[data-copies]")) {
  const before = button.textContent;
  button.addEventListener("click", async () => {
    const code = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = before; }, 2000);
    } catch {
      // A browser that forbids it lets one copy by hand.
      getSelection().selectAllChildren(code);
    }
  });
}
show(true);
