/** Counts failed records for `replay list`. */
import { reasonOf } from '../core/errors';
import { plural } from '../core/plural';
import type { Failure, FailureKind } from './failure';
import { readFailures, UnreadableObject } from './read-failures';
import type { Source } from './source';

export interface FailureGroup {
  /** When the records arrived: `2026-11-23T07`, UTC; null if the lines do not say. */
  readonly hour: string | null;
  /** What the objects' keys begin with, up to the date. */
  readonly prefix: string;
  readonly kind: FailureKind;
  /** The error code. */
  readonly cause: string;
  records: number;
}

export interface CountedFailures {
  records: number;
  /** Objects with failed records. */
  objects: number;
  otherObjects: number;
  /** By hour, prefix and cause. */
  readonly groups: readonly FailureGroup[];
}

export interface CountListeners {
  readonly onProgress: (toText: () => string) => void;
  readonly onProblem: (place: string, why: string) => void;
}

/** Causes are what a line says, so a hostile object could make any number of groups. */
const MOST_GROUPS = 10_000;
const MOST_CHARACTERS = 100;

export async function countFailures(
  source: Source,
  filter: (failure: Failure) => boolean,
  { onProgress, onProblem }: CountListeners,
): Promise<CountedFailures> {
  const groups = new Map<string, FailureGroup>();
  const counted = { records: 0, objects: 0, otherObjects: 0 };

  function count({ kind, code, arrivalMs }: Failure, prefix: string): void {
    counted.records++;
    const hour = arrivalMs === undefined ? null : new Date(arrivalMs).toISOString().replace(/:.*/, '');
    let group: FailureGroup = { hour, prefix, kind, cause: code.slice(0, MOST_CHARACTERS), records: 0 };
    if (groups.size >= MOST_GROUPS) group = groups.get(nameOf(group)) ?? { ...group, ...OTHERS };
    const name = nameOf(group);
    group = groups.get(name) ?? group;
    group.records++;
    groups.set(name, group);
  }

  for await (const object of source.objects(onProblem)) {
    let isFailed = true;
    const onOther = () => {
      isFailed = false;
    };
    const prefix = toPrefix(object.key);
    try {
      for await (const lines of readFailures(object, onOther)) {
        for (const line of lines) {
          if (!('failure' in line)) onProblem(`${object.key}:${line.line}`, line.why);
          else if (filter(line.failure)) count(line.failure, prefix);
        }
        onProgress(() => `${plural(counted.objects, 'object')}, ${plural(counted.records, 'failed record')}`);
      }
      if (isFailed) counted.objects++;
      else counted.otherObjects++;
    } catch (error) {
      if (!(error instanceof UnreadableObject)) throw error;
      onProblem(object.key, `cannot be read to its end: ${reasonOf(error.cause)}`);
    }
  }
  const byName = [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
  return { ...counted, groups: byName.map(([, group]) => group) };
}

const OTHERS = { hour: null, prefix: '', cause: 'others' };

const nameOf = ({ hour, prefix, kind, cause }: FailureGroup) => [hour ?? '', prefix, kind, cause].join('\n');

/** `apache_processing-failed/` of `apache_processing-failed/2026/11/23/07/…` and of `apache_processing-failed/year=2026/…`. */
function toPrefix(key: string): string {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  return folder.replace(/(?:[A-Za-z]+=)?(?:19|20)\d\d[/-].*$/, '');
}
