/** The click event as a JSON schema, for editors, validators and other programs that read the events. */
import { clickEventFields, type Field, type FieldName } from './click-event';

export interface FieldSchema {
  readonly type: Field['type'];
  readonly description: string;
  readonly examples: readonly [Field['example']];
  readonly enum?: readonly string[];
  readonly format?: Field['format'];
  readonly minLength?: 1;
  readonly minimum?: 0;
}

const fields = Object.entries(clickEventFields) as [FieldName, Field][];

/** JSON Schema 2020-12, made from `clickEventFields`. */
export const clickEventJsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'ClickEvent',
  description: 'One request that the site answered. An unknown field is absent, never `-`, null or an empty string.',
  type: 'object',
  additionalProperties: false,
  required: fields.filter(([, field]) => field.absent === undefined).map(([name]) => name),
  properties: Object.fromEntries(fields.map(([name, field]) => [name, toFieldSchema(field)])) as Readonly<
    Record<FieldName, FieldSchema>
  >,
} as const;

function toFieldSchema(field: Field): FieldSchema {
  return {
    type: field.type,
    description: describeField(field),
    examples: [field.example],
    ...(field.values === undefined ? {} : { enum: field.values }),
    ...(field.format === undefined ? {} : { format: field.format }),
    ...(field.type === 'string' && field.values === undefined ? { minLength: 1 } : {}),
    // The integers are a status, a size and a duration.
    ...(field.type === 'integer' ? { minimum: 0 } : {}),
  };
}

function describeField({ about, unit, absent }: Field): string {
  return `${about}${unit === undefined ? '' : ` Unit: ${unit}.`}${absent === undefined ? '' : ` Absent when ${absent}.`}`;
}
