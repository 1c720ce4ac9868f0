/* Typings of <balagh-report>. Nothing of this is needed at run time. */

/** One of the six languages of the interface. */
export type Language = "ar" | "en" | "ur" | "hi" | "id" | "ms";

/** What a page already knows. Nothing here is sent before the citizen has seen and confirmed it. */
export interface Prefill {
  /** Contact kind, for example `"report"` or `"thanks"`. */
  kind?: string;
  /** A category's key from the municipality's document. */
  category?: string;
  /** The description. */
  text?: string;
  /** Degrees (WGS 84); offered as the pin's first place. */
  place?: { lon: number; lat: number } | { landmark: string };
  /** Offered in the contact field. */
  phone?: string;
}

export interface SubmittedDetail {
  /** The report number, for example `EP-7K3M9-QX2RT-D`. Never the tracking code. */
  number: string;
  /** The category's key. */
  category: string;
}

/** Events bubble and cross shadow roots. They never carry text, contact or the tracking code. */
export interface BalaghEvents {
  "balagh:ready": CustomEvent<{ version: string }>;
  /** The citizen came to a stop of the form. A frame does not pass it on. */
  "balagh:step": CustomEvent<{ step: "what" | "where" | "details" | "you" | "review" }>;
  "balagh:submitted": CustomEvent<SubmittedDetail>;
  /** The report waits on the device and sends itself when a page with the widget is online. */
  "balagh:queued": CustomEvent<{ category: string }>;
  /** A report waits for a fresh token: set `identity`. */
  "balagh:identity-needed": CustomEvent<Record<string, never>>;
  /** The form could not be loaded; the element's own link is shown. */
  "balagh:failed": CustomEvent<{ reason: string }>;
}

export interface BalaghReport extends HTMLElement {
  /** The municipality's key, for example `"eastern-province"`. */
  municipality: string;
  /** The edge's web origin; by default where `balagh.js` came from. */
  edge: string;
  /** `""` follows the reader's own setting. */
  theme: "" | "light" | "dark";
  /** A JWT of the page's that says who its reader is, valid for at most ten minutes: sent with a
      report, never kept. Where one runs out, `balagh:identity-needed` asks for another. */
  identity?: string;
  /** The same as `prefill`, as a property for frameworks. */
  data: Prefill;
  prefill(values: Prefill): void;
  open(view?: "report" | "track"): void;
  close(): void;
  /** What was typed stays. */
  setLanguage(language: Language): Promise<void>;
  addEventListener<K extends keyof BalaghEvents>(type: K, listener: (event: BalaghEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener<K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** Attributes in markup and JSX. */
export interface BalaghReportAttributes {
  municipality: string;
  lang?: Language;
  edge?: string;
  theme?: "light" | "dark";
  autofocus?: boolean;
  /** `"frame"`: the widget in the edge's own origin; for pages that are not trusted with it. */
  isolation?: "frame";
}

declare global {
  interface HTMLElementTagNameMap {
    "balagh-report": BalaghReport;
  }
  interface HTMLElementEventMap extends BalaghEvents {}
  namespace JSX {
    interface IntrinsicElements {
      "balagh-report": BalaghReportAttributes & Record<string, unknown>;
    }
  }
}

/* The map module, as the wasm uses it. Coordinates are [lon, lat] in degrees. */

export type Position = [lon: number, lat: number];

export interface MapOptions {
  center: Position;
  zoom: number;
  minZoom?: number;
  maxZoom?: number;
  /** South-west and north-east corners. */
  bounds?: [Position, Position];
  /** Each border once, as a line. */
  borders?: Position[][];
  /** `rings`: one polygon's rings, or a list of such. */
  areas?: { id: string; name: string; rings: Position[][] | Position[][][]; label?: Position }[];
  /** A still picture: no hand moves it, no key is heard. */
  picture?: boolean;
  places?: { name: string; lon: number; lat: number; minZoom?: number; rank?: number }[];
  /** Null draws the map from the areas alone and asks nobody for anything. */
  tiles?: null | { url: string; crossOrigin?: string };
  lang?: string;
  labels?: { badges?: [string, string] };
  reducedMotion?: boolean;
  leafletCssUrl: string;
  leafletCssIntegrity?: string;
  /** `final`: the map rests. `byUser`: the citizen moved it, not `setCenter`. */
  onMove?(lon: number, lat: number, final: boolean, byUser: boolean): void;
  /** Enter was pressed on the map. */
  onEnter?(): void;
}

export interface MapHandle {
  center(): Position;
  zoom(): number;
  setCenter(lon: number, lat: number, zoom?: number): void;
  pan(dx: number, dy: number): void;
  zoomIn(): void;
  zoomOut(): void;
  highlight(ids: string[], kind: "near" | "inside" | "none"): void;
  setAccuracy(metres: number): void;
  setMarks(marks: { lon: number; lat: number; text: string }[]): void;
  /** Names of places, which may come after the map. */
  setPlaces(places: { name: string; lon: number; lat: number }[]): void;
  invalidate(): void;
  destroy(): void;
}

export {};
