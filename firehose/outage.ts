export interface Outage {
  begins(sentence: string): void;
  over(): void;
}

/** Says that something is away when it begins, not again with every buffer that waits for it. */
export function watchOutage(warn: (sentence: string) => void): Outage {
  let away = false;
  return {
    begins(sentence) {
      if (!away) warn(sentence);
      away = true;
    },
    over() {
      away = false;
    },
  };
}
