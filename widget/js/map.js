/* The map of the place step; loaded when that step opens, never before.

   The pin is CSS: it stands in the middle of the frame and the map moves under it, so the place is
   always the map's centre. Nothing is fetched (but tiles, where the municipality's document names a
   tile server): land, borders and names are drawn from the document's own districts. Colours are
   classes of the widget's stylesheet, so a change of theme redraws nothing.

   The build puts Leaflet in, as much of it as is named here, and says whether this is the map with
   tiles (xtask/src/build/map.rs). Leaflet's style comes with the widget's.

   Coordinates are [lon, lat] in degrees (WGS 84), distances metres, sizes CSS pixels. */
import * as L from "leaflet";

const EARTH = 6378137;
const DEGREE = (EARTH * Math.PI) / 180;
/** How far an arrow key or a pan button moves the map, in pixels. */
const STEP = 80;
/** How much further off a label may stand so as not to lie across the line it tells apart, in pixels. */
const ACROSS = 160;
const SVG_NS = "http://www.w3.org/2000/svg";


/**
 * Draws a map into `container` and returns its handle.
 *
 * @param {HTMLElement} container an element inside the widget's shadow root, with a size
 * @param {MapOptions} options see balagh.d.ts
 * @returns {Promise<MapHandle>}
 */
export async function createMap(container, options) {
  const map = new MapHandle(container, options);
  await map.draw();
  return map;
}

/** Lets the page answer a finger between the heavy steps. */
const breath = () => new Promise((resolve) => setTimeout(resolve));

class MapHandle {
  #map;
  #container;
  #options;
  #renderer;
  #areas = new Map();
  #labels;
  #names = [];
  #grid;
  #marks;
  #high;
  #near = [];
  #accuracy;
  #scale;
  #byCode = false;
  #frame = 0;
  #sized;
  #told = [];
  #off = new AbortController();

  constructor(container, options) {
    this.#container = container;
    this.#options = options;
    const still = options.reducedMotion === true;
    this.#renderer = L.svg({ padding: 0.6 });
    const map = L.map(container, {
      center: swap(options.center),
      zoom: options.zoom,
      minZoom: options.minZoom ?? 5,
      maxZoom: options.maxZoom ?? 19,
      maxBounds: options.bounds ? L.latLngBounds(options.bounds.map(swap)).pad(0.15) : undefined,
      maxBoundsViscosity: 0.8,
      renderer: this.#renderer,
      zoomControl: false,
      attributionControl: false,
      keyboard: false,
      // The container is watched here; Leaflet's own ear would take a resize for the reader's hand.
      trackResize: false,
      dragging: !options.picture,
      // The place under the pin stays while the scale changes.
      touchZoom: options.picture ? false : "center",
      boxZoom: false,
      scrollWheelZoom: false,
      doubleClickZoom: false,
      zoomAnimation: !still,
      fadeAnimation: !still,
      inertia: !still,
    });
    this.#map = map;
    this.#prepare();
    if (!options.picture) this.#listen();
  }

  /** Draws it, a layer at a time. */
  async draw() {
    for (const layer of this.#layers()) {
      layer();
      await breath();
      if (this.#off.signal.aborted) return;
    }
    this.#mark(this.#options.marks);
    this.#settle();
    // The frame may be laid out after the map is made, and a container may turn wide at any time. The
    // first it hears of is the size that all of this was drawn for.
    let hidden = false;
    this.#sized = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.#container;
      const { x, y } = this.#map.getSize();
      const same = !hidden && clientWidth === x && clientHeight === y;
      hidden = !clientWidth || !clientHeight;
      if (!same) this.invalidate();
    });
    this.#sized.observe(this.#container);
  }

  /** What the form tells the map waits for the paint that answers who pressed: to move a whole land takes
      an old phone longer than a press may take. All of it is done in order. */
  #later(work) {
    this.#told.push(work);
    if (this.#told.length > 1) return;
    requestAnimationFrame(() => setTimeout(() => {
      for (const told of this.#told.splice(0)) if (!this.#off.signal.aborted) told();
    }));
  }

  /** Where the pin points: `[lon, lat]`. */
  center() {
    const { lng, lat } = this.#map.getCenter();
    return [lng, lat];
  }

  /** The scale, as a web-mercator zoom level. */
  zoom() {
    return this.#map.getZoom();
  }

  /** Brings a place under the pin. The move is reported with `byUser = false`. */
  setCenter(lon, lat, zoom) {
    if (Number.isFinite(lon) && Number.isFinite(lat)) this.#later(() => this.#center(lon, lat, zoom));
  }

  #center(lon, lat, zoom) {
    const to = Number.isFinite(zoom) ? zoom : this.#map.getZoom();
    const at = this.#map.getCenter();
    if (Math.abs(at.lng - lon) < 1e-9 && Math.abs(at.lat - lat) < 1e-9 && to === this.#map.getZoom()) return;
    this.#byCode = true;
    // `reset`: a pan would round the place to whole pixels, 17 metres of them at zoom 13.
    this.#map.setView([lat, lon], to, { reset: true });
  }

  /** Moves by screen pixels, right and down positive (never mirrored). Reported as the reader's. */
  pan(dx, dy) {
    this.#map.panBy([dx, dy], { animate: !this.#options.reducedMotion });
  }

  zoomIn() {
    this.#map.zoomIn(1, { animate: !this.#options.reducedMotion });
  }

  zoomOut() {
    this.#map.zoomOut(1, { animate: !this.#options.reducedMotion });
  }

  /**
   * Marks areas by id. `"near"`: the first is hatched and the second dotted, each with its letter
   * (so it does not hang on colour); `"inside"`: a quiet fill; anything else, or no ids: nothing.
   */
  highlight(ids, kind) {
    this.#later(() => this.#highlight(ids, kind));
  }

  #highlight(ids, kind) {
    this.#high.clearLayers();
    this.#near = [];
    for (const [n, id] of Array.from(ids ?? []).entries()) {
      const area = this.#areas.get(String(id));
      if (!area) continue;
      if (kind === "inside") {
        this.#high.addLayer(polygon(area, { className: "m-here", renderer: this.#renderer }));
      } else if (kind === "near" && n < 2) {
        const letter = n === 0 ? "a" : "b";
        this.#high.addLayer(polygon(area, {
          stroke: false,
          fillColor: `url(#balagh-${n === 0 ? "hatch" : "dots"})`,
          fillOpacity: 1,
          renderer: this.#renderer,
        }));
        this.#near.push({ area, letter });
      }
    }
    this.#letters();
  }

  /** A circle of `metres` around the pin's place; 0 or less removes it. */
  setAccuracy(metres) {
    this.#later(() => this.#circle(metres));
  }

  #circle(metres) {
    this.#accuracy?.remove();
    this.#accuracy = undefined;
    if (metres > 0 && Number.isFinite(metres)) {
      this.#accuracy = L.circle(this.#map.getCenter(), {
        radius: metres,
        className: "m-acc",
        interactive: false,
        renderer: this.#renderer,
      }).addTo(this.#map);
    }
  }

  /** Numbered marks for reports nearby: `[{lon, lat, text}]`. They are drawings; the list beside
      the map is what a keyboard and a screen reader use. */
  setMarks(marks) {
    this.#later(() => this.#mark(marks));
  }

  #mark(marks) {
    this.#marks.clearLayers();
    for (const { lon, lat, text } of marks ?? []) {
      this.#marks.addLayer(words([lat, lon], "m-mark", text));
    }
  }

  /** To be called when the container's size or visibility changed without a resize. The place
      under the pin stays to the last digit, and nobody is told of a move: nobody made one. */
  invalidate() {
    // Hidden: what is measured now would be wrong when it is shown again.
    if (!this.#container.clientWidth || !this.#container.clientHeight) return;
    const at = this.#map.getCenter();
    const before = this.#byCode;
    this.#byCode = true;
    this.#map.invalidateSize({ animate: false, pan: false });
    // Leaflet would keep the middle to whole pixels only, a few of them lost at every keyboard.
    if (!this.#map.getCenter().equals(at, 1e-9)) {
      this.#byCode = true;
      this.#map.setView(at, this.#map.getZoom(), { reset: true });
    }
    this.#byCode = before;
    this.#settle();
  }

  /** Names of places to write on the map, which may come after it: `[{name, lon, lat}]`. */
  setPlaces(places) {
    this.#later(() => {
      this.#name(places ?? []);
      this.#write();
    });
  }

  /** Takes the map and its listeners away; the container may be used again. */
  destroy() {
    this.#off.abort();
    this.#sized?.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#scale?.remove();
    this.#map.remove();
  }

  #prepare() {
    const map = this.#map;
    const { areas = [], places = [], dark } = this.#options;
    for (const area of areas) this.#areas.set(String(area.id), area);
    this.#grid = L.layerGroup().addTo(map);
    this.#high = L.layerGroup().addTo(map);
    this.#labels = L.layerGroup().addTo(map);
    this.#marks = L.layerGroup().addTo(map);
    this.#name(places);
    this.#scale = document.createElement("div");
    this.#scale.className = "sc";
    this.#scale.setAttribute("aria-hidden", "true");
    this.#container.append(this.#scale);
    if (dark !== undefined) this.#container.classList.toggle("dark", dark === true);
  }

  /** What draws each layer, the lowest first. */
  #layers() {
    const map = this.#map;
    const { areas = [], borders = [], tiles } = this.#options;
    const still = { interactive: false, renderer: this.#renderer };
    const fill = (className, style) => () => {
      for (const area of areas) polygon(area, { ...still, className, ...style }).addTo(map);
    };
    const line = (className) => () => {
      for (const border of borders) L.polyline(border.map(swap), { ...still, className }).addTo(map);
    };
    // A shore of light water around the land: thick outlines first, then all land over them.
    const ground = __TILES__ && tiles?.url
      ? [() => L.tileLayer(tiles.url, { className: "m-tiles", maxZoom: this.#options.maxZoom ?? 19, crossOrigin: tiles.crossOrigin ?? false }).addTo(map)]
      : [fill("m-shore", { fill: false }), fill("m-area")];
    return [...ground, line("m-casing"), line("m-border"), () => this.#patterns()];
  }

  #name(places) {
    this.#names = [
      ...(this.#options.areas ?? []).filter((a) => a.label).map((a) => ({ at: a.label, text: a.name, kind: "m-name", from: 0, rank: 0 })),
      ...places.map((p) => ({ at: p.at ?? [p.lon, p.lat], text: p.name, kind: "m-place", from: p.minZoom ?? 10, rank: p.rank ?? 1 })),
    ].sort((a, b) => a.rank - b.rank);
  }

  #patterns() {
    // Hatch and dots live in the map's own drawing: a shadow root cannot see the page's.
    const defs = document.createElementNS(SVG_NS, "defs");
    defs.append(
      pattern("balagh-hatch", 8, "rotate(45)", "path", { d: "M0 0v8", class: "m-hatch" }),
      pattern("balagh-dots", 10, "", "circle", { cx: 2.5, cy: 2.5, r: 1.2, class: "m-dot" }),
    );
    this.#map.getPanes().overlayPane.querySelector("svg")?.prepend(defs);
  }

  #listen() {
    const map = this.#map;
    const container = this.#container;
    const { onMove, onEnter } = this.#options;
    const { signal } = this.#off;
    map.on("click", (event) => {
      this.#byCode = false;
      map.panTo(event.latlng, { animate: !this.#options.reducedMotion });
    });
    map.on("dragstart", () => { this.#byCode = false; });
    map.on("move", () => {
      if (this.#frame) return;
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        onMove?.(...this.center(), false, !this.#byCode);
      });
    });
    map.on("moveend", () => {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#settle();
      onMove?.(...this.center(), true, !this.#byCode);
      this.#byCode = false;
    });
    container.addEventListener("keydown", (event) => this.#key(event, onEnter), { signal });
    // The wheel belongs to the page until the reader is in the map.
    container.addEventListener("focusin", () => map.scrollWheelZoom.enable(), { signal });
    container.addEventListener("focusout", () => map.scrollWheelZoom.disable(), { signal });
    container.addEventListener("pointerdown", () => container.focus({ preventScroll: true }), { signal });
    map.options.scrollWheelZoom = "center";
  }

  #key(event, onEnter) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) {
      if (event.shiftKey) this.#nudge(way[0], -way[1]);
      else this.pan(way[0] * STEP, way[1] * STEP);
    } else if (event.key === "+" || event.key === "=") {
      this.zoomIn();
    } else if (event.key === "-" || event.key === "_") {
      this.zoomOut();
    } else if (event.key === "Enter" && onEnter) {
      onEnter();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** One metre east and north, exactly: screen pixels are coarser than that. */
  #nudge(east, north) {
    const [lon, lat] = this.center();
    this.#map.setView([lat + north / DEGREE, lon + east / (DEGREE * Math.cos((lat * Math.PI) / 180))], this.#map.getZoom(), { reset: true });
  }

  /** What depends on where the map came to rest. */
  #settle() {
    this.#graticule();
    this.#write();
    this.#letters();
    this.#measure();
  }

  /** A light net of round distances, so that an empty plain still shows that it moves. */
  #graticule() {
    this.#grid.clearLayers();
    if (this.#options.tiles?.url) return;
    const bounds = this.#map.getBounds().pad(0.3);
    const middle = this.#map.getCenter().lat;
    const step = round(this.#metres(96)) / DEGREE;
    const across = step / Math.max(0.2, Math.cos((Math.round(middle) * Math.PI) / 180));
    const line = (points) => this.#grid.addLayer(L.polyline(points, { className: "m-grid", interactive: false, renderer: this.#renderer, smoothFactor: 0 }));
    const lats = ticks(bounds.getSouth(), bounds.getNorth(), step);
    const lons = ticks(bounds.getWest(), bounds.getEast(), across);
    for (const lat of lats) line([[lat, bounds.getWest()], [lat, bounds.getEast()]]);
    for (const lon of lons) line([[bounds.getSouth(), lon], [bounds.getNorth(), lon]]);
  }

  /** Names that fit: areas before towns, none over another, none where the pin points. */
  #write() {
    this.#labels.clearLayers();
    if (this.#options.tiles?.url) return;
    const size = this.#map.getSize();
    const taken = [{ x: size.x / 2, y: size.y / 2 - 20, w: 28, h: 36 }];
    for (const { at, text, kind, from } of this.#names) {
      if (this.#map.getZoom() < from) continue;
      const p = this.#map.latLngToContainerPoint(swap(at));
      if (p.x < -60 || p.y < -20 || p.x > size.x + 60 || p.y > size.y + 20) continue;
      const box = { x: p.x, y: p.y, w: Math.min(75, 8 + text.length * 4), h: kind === "m-place" ? 20 : 14 };
      if (taken.some((t) => Math.abs(t.x - box.x) < t.w + box.w && Math.abs(t.y - box.y) < t.h + box.h)) continue;
      taken.push(box);
      this.#labels.addLayer(words(swap(at), kind, text));
    }
  }

  /** A and B stand inside their areas, near the pin but clear of it and of the controls. */
  #letters() {
    const taken = this.#near.length ? this.#obstacles() : [];
    for (const entry of this.#near) {
      if (entry.marker) this.#high.removeLayer(entry.marker);
      const { area, letter } = entry;
      const label = (text) => {
        const badge = document.createElement("span");
        badge.className = letter === "b" ? "bdg b" : "bdg";
        badge.textContent = this.#options.labels?.badges?.[letter === "a" ? 0 : 1] ?? letter.toUpperCase();
        entry.marker = words(this.#map.getCenter(), text ? "ab" : "ab bare", text, badge).addTo(this.#high);
        const drawn = entry.marker.getElement()?.querySelector(".ab");
        const [w, h] = [(drawn?.offsetWidth || 40) / 2 + 4, (drawn?.offsetHeight || 36) / 2 + 3];
        const spot = this.#spot(area, w, h, taken);
        if (spot) {
          entry.marker.setLatLng(spot.at);
          taken.push(around(spot.x, spot.y, w, h));
        } else {
          this.#high.removeLayer(entry.marker);
        }
        return spot;
      };
      // The whole name where it fits, else the letter alone.
      if (!label(area.name)) label("");
    }
  }

  /** What stands over the map, in its own pixels: the pin, the search, the buttons. */
  #obstacles() {
    const { x: w, y: h } = this.#map.getSize();
    const own = this.#container.getBoundingClientRect();
    const screen = this.#container.closest(".w") ?? this.#container.parentElement;
    const over = screen?.querySelectorAll(".where-bar, .tools, .fab, .attr, .sc") ?? [];
    const boxes = Array.from(over, (element) => element.getBoundingClientRect())
      .map((r) => ({ l: r.left - own.left - 6, t: r.top - own.top - 6, r: r.right - own.left + 6, b: r.bottom - own.top + 6 }));
    return [around(w / 2, h / 2 - 22, 30, 34), ...boxes];
  }

  #spot(area, half, tall, taken) {
    const { x: w, y: h } = this.#map.getSize();
    let best;
    for (let x = half + 8; x <= w - half - 8; x += 12) {
      for (let y = tall + 8; y <= h - tall - 8; y += 12) {
        let away = Math.hypot(x - w / 2, (y - h / 2) * 1.4);
        const box = around(x, y, half, tall);
        if ((best && away >= best.away) || taken.some((t) => t.l < box.r && box.l < t.r && t.t < box.b && box.t < t.b)) continue;
        const holds = (px) => {
          const { lng, lat } = this.#map.containerPointToLatLng([px, y]);
          return inside(area.rings, lng, lat);
        };
        if (!holds(x)) continue;
        if (!holds(x - half) || !holds(x + half)) away += ACROSS;
        if (!best || away < best.away) best = { away, at: this.#map.containerPointToLatLng([x, y]), x, y };
      }
    }
    return best;
  }

  #measure() {
    const metres = round(this.#metres(90), true);
    const far = metres >= 1000;
    const text = new Intl.NumberFormat(`${this.#options.lang ?? "en"}-u-nu-latn`, { style: "unit", unit: far ? "kilometer" : "meter" });
    this.#scale.textContent = text.format(far ? metres / 1000 : metres);
    this.#scale.style.width = `${Math.round(metres / this.#metres(1))}px`;
  }

  /** Metres under `pixels` at the pin. */
  #metres(pixels) {
    const { lat } = this.#map.getCenter();
    return (pixels * 2 * Math.PI * EARTH * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** this.#map.getZoom());
  }
}

const around = (x, y, w, h) => ({ l: x - w, t: y - h, r: x + w, b: y + h });

const swap = ([lon, lat]) => [lat, lon];

function polygon(area, options) {
  // `rings`: one polygon's rings, or several polygons' (a district of islands).
  const many = Array.isArray(area.rings?.[0]?.[0]?.[0]);
  const shape = many ? area.rings.map((rings) => rings.map((ring) => ring.map(swap))) : area.rings.map((ring) => ring.map(swap));
  return L.polygon(shape, { interactive: false, ...options });
}

/** Text on the map, as elements and never as markup: names come from a document. */
function words(at, kind, text, first) {
  const label = document.createElement("div");
  label.className = kind;
  label.dir = "auto";
  if (first) label.append(first);
  label.append(text);
  return L.marker(at, {
    interactive: false,
    keyboard: false,
    icon: L.divIcon({ html: label, className: "m-anchor", iconSize: [0, 0] }),
  });
}

function pattern(id, size, transform, shape, attributes) {
  const element = document.createElementNS(SVG_NS, "pattern");
  const mark = document.createElementNS(SVG_NS, shape);
  for (const [key, value] of Object.entries(attributes)) mark.setAttribute(key, value);
  element.append(mark);
  const own = { id, width: size, height: size, patternUnits: "userSpaceOnUse", ...(transform && { patternTransform: transform }) };
  for (const [key, value] of Object.entries(own)) element.setAttribute(key, value);
  return element;
}

/** Even–odd over all rings; only for placing a letter, never for deciding a district. */
function inside(rings, x, y) {
  const flat = Array.isArray(rings?.[0]?.[0]?.[0]) ? rings.flat() : rings ?? [];
  let odd = false;
  for (const ring of flat) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i];
      const [xj, yj] = ring[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
    }
  }
  return odd;
}

/** The nearest of 1, 2, 5 × 10ⁿ: above `value`, or below it for a bar that must fit. */
function round(value, down = false) {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 2, 5, 10];
  const fits = down ? steps.filter((s) => s * power <= value).pop() : steps.find((s) => s * power >= value);
  return (fits ?? 1) * power;
}

function ticks(from, to, step) {
  const out = [];
  for (let n = Math.ceil(from / step); n * step <= to && out.length < 60; n++) out.push(n * step);
  return out;
}
