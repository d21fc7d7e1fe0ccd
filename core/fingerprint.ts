import { createHash } from 'node:crypto';

/** Bytes known by their number and their hash. */
export interface Fingerprint {
  readonly bytes: number;
  readonly sha256: string;
}

export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

export function isOf(bytes: Uint8Array, recorded: Fingerprint): boolean {
  return bytes.length === recorded.bytes && fingerprintOf(bytes).sha256 === recorded.sha256;
}

/** Whether bytes that begin with `head` may be the recorded ones. */
export function beginsAs(head: Uint8Array, recorded: Fingerprint): boolean {
  return head.length >= recorded.bytes && isOf(head.subarray(0, recorded.bytes), recorded);
}
