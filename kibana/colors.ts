import type { Tone } from '../panels/panel';

/** Of a chart's series: told apart also by those who do not see red and green alike. */
export const colors: Readonly<Record<Tone, string>> = {
  main: '#2f6fb7',
  good: '#3c9d6f',
  bad: '#d6453d',
  quiet: '#a3aab4',
};
