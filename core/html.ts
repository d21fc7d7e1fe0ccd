/** Text that is already HTML. Everything else in a page is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Html | undefined | readonly Html[];

/** Template tag for a piece of a page: values are escaped unless they are `Html`; undefined becomes nothing. */
export function html(markup: TemplateStringsArray, ...values: readonly Piece[]): Html {
  return new Html(markup.reduce((text, part, i) => text + toText(values[i - 1]) + part));
}

function toText(value: Piece): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((each) => each.text).join('');
  return escapeHtml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
