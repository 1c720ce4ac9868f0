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
  /** `lon` and `lat` in degrees (WGS 84) are offered as the pin's first place, `landmark` as the place
      in words; `asset` is the number on a lamp post, tree or container. */
  place?: { lon?: number; lat?: number; landmark?: string; asset?: string };
  /** Offered in the contact field. */
  phone?: string;
  /** The page's own reference: sent as `partner_reference`, never shown. */
  reference?: string;
}

export interface SubmittedDetail {
  /** The report number, for example `EP-7K3M9-QX2RT-D`. Never the tracking code. */
  number: string;
  /** The category's key. */
  category: string;
}

/** Codes stay what they are; `reason` is for the page's developer and may change. */
export interface FailedDetail {
  code:
    /** `municipality`, or in the npm package `edge`, is not set. */
    | "attribute.missing"
    /** Something could not be fetched: the network, the edge, or a policy of the page's. */
    | "load.failed"
    /** A file of this release is no longer there: the citizen is offered to reload the page. */
    | "load.gone"
    /** The edge speaks another protocol than this release: the same. */
    | "protocol.skew";
  reason: string;
}

export interface BoundariesDetail {
  /** As the page wrote it. */
  url: string;
  /** Chosen by; shown beside the municipality's own, which does not know all ids; or of no use. */
  state: "decides" | "shown" | "refused";
  /** Why, in English, for who keeps the page; empty where there is nothing to say. */
  message: string;
  refused: null | { feature: number | null; message: string };
  /** What was wrong with the file and has been mended, or should be looked at. */
  findings: { feature: number; id: string; kind: string; message: string }[];
}

/** Events bubble and cross shadow roots. They never carry text, contact or the tracking code. */
export interface BalaghEvents {
  "balagh:ready": CustomEvent<{ version: string }>;
  /** The citizen came to a stop of the form. */
  "balagh:step": CustomEvent<{ step: "what" | "where" | "details" | "you" | "review" }>;
  "balagh:submitted": CustomEvent<SubmittedDetail>;
  /** The report waits on the device and sends itself when a page with the widget is online. */
  "balagh:queued": CustomEvent<{ category: string }>;
  /** The form, or what follows its first screen, could not be loaded. Nothing typed is lost. */
  "balagh:failed": CustomEvent<FailedDetail>;
  /** The municipality asks who signed in at the page. Set `identity`: the report, which waits on the
      device, is then sent. */
  "balagh:identity-needed": CustomEvent<Record<string, never>>;
  /** What became of the page's own boundaries; once, when the place is asked for. */
  "balagh:boundaries": CustomEvent<BoundariesDetail>;
}

export interface BalaghReport extends HTMLElement {
  /** The municipality's key, for example `"eastern-province"`. */
  municipality: string;
  /** The edge's address; `""` is where `balagh.js` came from. The npm package needs it. */
  edge: string;
  /** `""` follows the reader's own setting. */
  theme: "" | "light" | "dark";
  /** `"frame"`: the widget in the edge's own origin. */
  isolation: "" | "frame";
  /** Level of the screens' titles, `"1"` to `"6"`; `""` is 2. */
  headingLevel: string;
  /** A JSON Web Token for the citizen who is signed in at the page, signed by an issuer of the
      municipality's document. Kept in memory only. */
  identity: string | undefined;
  /** The same as `prefill`, as a property for frameworks. */
  data: Prefill | undefined;
  /** Fills in what the citizen has not said yet. */
  prefill(values: Prefill): void;
  /** Loads the form at once, wherever it stands, and shows a view. */
  open(view?: "report" | "track"): void;
  /** Back to the first screen. The draft stays on the device. */
  close(): void;
  /** What was typed stays. Rejected where the language's words cannot be fetched. */
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
  /** The address of a GeoJSON of the page's own areas; see the documentation of districts. */
  boundaries?: string;
  /** Property with an area's id; `id` when absent. */
  "boundaries-id"?: string;
  /** Properties with its names, separated by spaces: `name_ar`, or `ar=NAME`. */
  "boundaries-name"?: string;
  /** `"frame"`: the widget in the edge's own origin; for pages that are not trusted with it. */
  isolation?: "frame";
  /** Level of the screens' titles, 1 to 6. */
  "heading-level"?: "1" | "2" | "3" | "4" | "5" | "6";
  /** A `Prefill` as JSON, for pages without scripts of their own. */
  prefill?: string;
  part?: string;
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
declare module "react" {
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
  /** `final`: the map rests. `byUser`: the citizen moved it, not `setCenter`. */
  onMove?(lon: number, lat: number, final: boolean, byUser: boolean): void;
  /** Enter was pressed on the map. */
  onEnter?(): void;
}

/** What changes the map from outside is done in order after the next paint; a pan and a zoom at once. */
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
