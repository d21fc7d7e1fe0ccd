/** The cookies of one visitor on one site (RFC 6265). Path and domain are ignored, since there is only the one site. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();
  #header = '';

  /** Value of the `Cookie` header; empty if there are none. */
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

/** `Max-Age` takes precedence over `Expires`; unreadable values are ignored. */
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
