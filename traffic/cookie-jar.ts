/** The cookies of one visitor on one site: path and domain are the site's own, so they are not looked at (RFC 6265). */
export class CookieJar {
  readonly #cookies = new Map<string, string>();
  #header = '';

  /** For the `Cookie` header; empty where there are none. */
  get header(): string {
    return this.#header;
  }

  /** @param setCookie the value of one `Set-Cookie`. */
  keep(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(';');
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    if (equals < 0 || name === '') return;
    if (MAY_END.test(setCookie) && isOver(attributes)) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(equals + 1).trim());
    this.#header = Array.from(this.#cookies, ([key, value]) => `${key}=${value}`).join('; ');
  }
}

const MAY_END = /; *(?:max-age|expires)=/i;

/** `Max-Age` counts before `Expires`; a value that says nothing is no attribute. */
function isOver(attributes: readonly string[]): boolean {
  const attribute = (name: string) =>
    attributes
      .findLast((one) => one.trim().toLowerCase().startsWith(`${name}=`))
      ?.split('=', 2)[1]
      ?.trim();
  const maxAge = attribute('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0;
  return Date.parse(attribute('expires') ?? '') <= Date.now();
}
