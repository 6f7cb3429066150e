import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may talk to the server: only pages that it served itself, in the browser of the person who
 * started it. The address with the secret opens the first page; after that the secret travels in a
 * cookie that scripts can't read and other sites can't send.
 */
export class Guard {
  readonly token = randomBytes(32).toString('base64url');
  readonly #hosts: ReadonlySet<string>;
  readonly #cookie: string;

  constructor(private readonly port: number) {
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
    // Cookies don't know ports: two servers on one machine need two names.
    this.#cookie = `clearcut-${port}`;
  }

  /** The address to open, secret included. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/?token=${this.token}`;
  }

  get setCookie(): string {
    return `${this.#cookie}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** True where the request was sent to this machine by that name: a foreign name that resolves to 127.0.0.1 is DNS rebinding. */
  hostAllowed(request: IncomingMessage): boolean {
    return this.#hosts.has(request.headers.host ?? '');
  }

  /**
   * True where the request comes from a page of this server. Browsers leave Origin out of plain reads
   * (`own`: then they say in Sec-Fetch-Site who reads, `anywhere`: a link may be followed from
   * elsewhere); what changes something or opens a line must have it (`stated`).
   */
  originAllowed(request: IncomingMessage, from: 'anywhere' | 'own' | 'stated'): boolean {
    const { origin } = request.headers;
    if (origin !== undefined) return [...this.#hosts].some((host) => origin === `http://${host}`);
    const site = request.headers['sec-fetch-site'];
    if (from === 'own') return site === undefined || site === 'same-origin' || site === 'none';
    return from === 'anywhere';
  }

  /** True for the secret as it stands in the address. */
  tokenAllowed(token: string | null): boolean {
    return token !== null && same(token, this.token);
  }

  /** True where the request carries the secret in its cookie. */
  cookieAllowed(request: IncomingMessage): boolean {
    const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const prefix = `${this.#cookie}=`;
    return pairs.some((pair) => pair.startsWith(prefix) && same(pair.slice(prefix.length), this.token));
  }
}

/** Compares in a time that tells nothing about where two texts differ. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
