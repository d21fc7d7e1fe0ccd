import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';

export const ROTATIONS = ['rename', 'copytruncate', 'gzip'] as const;
export type Rotation = (typeof ROTATIONS)[number];

const TICK_MS = 20;

/** What becomes of line `number`: some are no access lines, and some are blank. */
export function kindOf(number: number): 'access' | 'garbage' | 'blank' {
  if (number % 97 === 50) return 'garbage';
  return number % 89 === 60 ? 'blank' : 'access';
}

export function lineOf(number: number): string {
  switch (kindOf(number)) {
    case 'access':
      return `192.0.2.1 - - [27/Nov/2026:10:00:00 +0000] "GET /n/${number} HTTP/1.1" 200 5 "-" "curl/8"\n`;
    case 'garbage':
      return `not an access line: /n/${number}\n`;
    case 'blank':
      return '\n';
  }
}

/** A log whose lines are numbered, from 0. */
export class NumberedLog {
  readonly path: string;
  #written = 0;
  #rotations = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.path = path;
    writeFileSync(path, '');
  }

  get written(): number {
    return this.#written;
  }

  append(lines: number): void {
    let text = '';
    for (let end = this.#written + lines; this.#written < end; this.#written++) text += lineOf(this.#written);
    appendFileSync(this.path, text);
  }

  /** Writes on at this rate, until `stop`. */
  start(linesPerSecond: number): void {
    const startMs = performance.now();
    const before = this.#written;
    this.#timer = setInterval(() => {
      const due = before + Math.floor(((performance.now() - startMs) / 1000) * linesPerSecond);
      if (due > this.#written) this.append(due - this.#written);
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Under a name that `access_log*` matches. @returns that name. */
  rotate(how: Rotation): string {
    const rotated = `${this.path}.${++this.#rotations}`;
    if (how === 'copytruncate') {
      copyFileSync(this.path, rotated);
      truncateSync(this.path);
      return rotated;
    }
    renameSync(this.path, rotated);
    writeFileSync(this.path, '');
    return how === 'gzip' ? gzip(rotated) : rotated;
  }
}

/** As gzip does it: the archive has the log's time, and the log is removed. @returns the archive's path. */
export function gzip(path: string): string {
  const { atime, mtime } = statSync(path);
  const archive = `${path}.gz`;
  writeFileSync(archive, gzipSync(readFileSync(path)));
  utimesSync(archive, atime, mtime);
  rmSync(path);
  return archive;
}
