// What a program can see of how the form is laid out. Each answers with lines for people; none is
// good.

/** Runs `look`, with `say` for lines about elements, over all of the form that is shown. */
const over = (page, look) =>
  page.evaluate((look) => {
    const form = document.querySelector("balagh-report");
    const found = [];
    const shown = (element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
    };
    const say = (what, element) => {
      const { localName, className } = element;
      const words = (element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40);
      found.push(`${what}: ${localName}.${className.baseVal ?? className} "${words}"`);
    };
    // What the map draws lies where it lies, and what is only read out lies nowhere.
    const elements = [...form.shadowRoot.querySelectorAll(".w *")].filter(
      (element) => shown(element) && !element.closest(".leaflet-pane, .vh, .lattice"),
    );
    new Function("form, elements, say", `(${look})(form, elements, say)`)(form, elements, say);
    return found;
  }, String(look));

/** What sticks out of the page sideways or out of the form, and words that are cut off. */
export const misfits = (page) =>
  over(page, (form, elements, say) => {
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth) say(`the page scrolls sideways by ${page.scrollWidth - innerWidth} px`, form);
    const edges = form.getBoundingClientRect();
    for (const element of elements) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (style.clipPath !== "none") continue;
      if (box.left < edges.left - 1 || box.right > edges.right + 1) say("sticks out of the form", element);
      const hasWords = [...element.childNodes].some((it) => it.nodeType === Node.TEXT_NODE && it.data.trim());
      const cuts = style.overflowX !== "visible" || style.overflowY !== "visible";
      const over = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
      if (hasWords && cuts && over && !element.matches("textarea, select")) say("words are cut off", element);
    }
  });

/**
 * Targets smaller than UX.md's 44 pixels each way. A radio is as large as the label around it; a
 * link within a sentence is as tall as its line, which WCAG 2.5.8 allows.
 */
export const smallTargets = (page) =>
  over(page, (form, elements, say) => {
    const targets = elements.filter((it) => it.matches("a[href], button, input, select, textarea, [role=option]"));
    for (const element of targets) {
      const target = element.closest("label") ?? element;
      const { width, height } = target.getBoundingClientRect();
      const isInline = getComputedStyle(target).display === "inline";
      const least = isInline ? 0 : 43.5; // layout rounds to device pixels
      if (width < least || height < least) say(`${Math.round(width)} × ${Math.round(height)} px is small`, target);
    }
  });

/** What moves although the reader asked for rest: anything but a change of opacity. */
export const motions = (page) =>
  over(page, (form, elements, say) => {
    for (const animation of form.shadowRoot.getAnimations()) {
      const properties = animation.effect.getKeyframes().flatMap((frame) => Object.keys(frame));
      const still = ["offset", "computedOffset", "easing", "composite", "opacity", "visibility"];
      if (properties.some((property) => !still.includes(property))) say("moves", animation.effect.target);
    }
    for (const element of elements) {
      const { transitionDuration, scrollBehavior } = getComputedStyle(element);
      if (transitionDuration !== "0s" || scrollBehavior !== "auto") say("would move", element);
    }
  });
