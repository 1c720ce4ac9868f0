// What a program can see of how a page is laid out. Each answers with lines for people; none is good.

/** What sticks out of the page sideways or out of the form, and words that are cut off. */
export function misfits(page) {
  return page.evaluate(() => {
    const form = document.querySelector("balagh-report");
    const inside = form.shadowRoot;
    const found = [];
    const say = (what, element) =>
      found.push(`${what}: ${element.localName}.${element.className.baseVal ?? element.className} "${element.textContent.trim().slice(0, 40)}"`);
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide > 0) found.push(`the page scrolls sideways by ${wide} px`);
    const edges = form.getBoundingClientRect();
    for (const element of inside.querySelectorAll(".w *")) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (box.width === 0 || box.height === 0 || style.visibility === "hidden") continue;
      // Maps and what is read out alone lie where nobody looks.
      if (element.closest(".map, .vh, .lattice, .only-print")) continue;
      if (element.closest(".title") && style.clipPath !== "none") continue;
      if (box.left < edges.left - 1 || box.right > edges.right + 1) say("sticks out of the form", element);
      const hasWords = [...element.childNodes].some((it) => it.nodeType === Node.TEXT_NODE && it.data.trim());
      const cuts = ["hidden", "clip"].includes(style.overflowX) || ["hidden", "clip"].includes(style.overflowY);
      if (hasWords && cuts && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)) {
        say("words are cut off", element);
      }
    }
    return found;
  });
}
