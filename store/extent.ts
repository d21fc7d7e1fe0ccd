/** Of all that is stored. */
export interface Extent {
  readonly events: number;
  /** The first and the last event's time, in milliseconds since 1970; absent where there is none. */
  readonly first?: number;
  readonly last?: number;
}
