// Alone in its file because the page's browser code uses it, and store.ts imports from Node.js.

/** How many events are stored, and over which time. */
export interface Extent {
  readonly events: number;
  /** The first and the last event's time, in milliseconds since 1970; absent while there is none. */
  readonly first?: number;
  readonly last?: number;
}
