/** A destination of objects alone: what the function made of the records, one document a line. */
import type { Delivery, EventStore } from '../store/event-store';
import { putObject, toObjectKey } from './objects';

export interface DocumentObjectsProps {
  readonly stream: string;
  /** What the keys begin with: `documents/`. */
  readonly prefix: string;
  readonly folders: { readonly bucket: string; readonly scratch: string };
}

const NEWLINE = Buffer.from('\n');

/** A batch that is written again replaces its object: it has the same ids. */
export function openDocumentObjects({ stream, prefix, folders }: DocumentObjectsProps): EventStore {
  return {
    async write(batch) {
      const [first] = batch;
      if (first === undefined) return [];
      const key = toObjectKey({ prefix, stream, arrivalMs: arrivalOf(first), id: first.id });
      await putObject(
        folders,
        key,
        batch.flatMap(({ document }) => [document, NEWLINE]),
      );
      return [];
    },
    async close() {},
  };
}

/** The first 48 bits of a UUIDv7. */
const arrivalOf = ({ id }: Delivery) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
