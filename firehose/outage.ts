export interface Outage {
  begins(sentence: string): void;
  ends(): void;
}

/** Warns once when an outage begins, and not again for every buffer that waits for its end. */
export function watchOutage(warn: (sentence: string) => void): Outage {
  let away = false;
  return {
    begins(sentence) {
      if (!away) warn(sentence);
      away = true;
    },
    ends() {
      away = false;
    },
  };
}
