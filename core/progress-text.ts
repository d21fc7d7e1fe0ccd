/** Text for progress and summaries on standard error, the same in every command. */

/** Renders `[#######...] 70 %`. @param share 0 to 1; a larger one is shown as 1. */
export function renderBar(share: number, width: number): string {
  const shown = Math.min(1, share);
  const full = Math.round(shown * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${Math.floor(shown * 100)} %`;
}

/** `1,234,567`; at most three decimals. Not by `toLocaleString`, whose first call takes 20 ms. */
export const grouped = (count: number) => {
  const [whole = '', ...decimals] = String(Math.round(count * 1000) / 1000).split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...decimals].join('.');
};
