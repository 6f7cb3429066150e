import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { fileNameOf } from '../shared';

/** Results that pages may fetch, each under a number that says nothing about where it is. */
export class Downloads {
  readonly #paths = new Map<string, string>();

  /** The address of a result. */
  offer(path: string): string {
    for (const [id, known] of this.#paths) if (known === path) return `/download/${id}`;
    const id = randomUUID();
    this.#paths.set(id, path);
    return `/download/${id}`;
  }

  /** Sends the file behind an address; false where there is none. */
  async send(urlPath: string, response: ServerResponse): Promise<boolean> {
    const path = this.#paths.get(urlPath.slice('/download/'.length));
    const found = path === undefined ? null : await stat(path).catch(() => null);
    if (path === undefined || !found) return false;
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': found.size,
      'content-disposition': `attachment; filename*=UTF-8''${encodeRfc5987(fileNameOf(path))}`,
      'cache-control': 'no-store',
    });
    await pipeline(createReadStream(path), response).catch(() => {
      // The browser stopped the download.
      response.destroy();
    });
    return true;
  }
}

/** RFC 5987 wants more escaped than encodeURIComponent does. */
function encodeRfc5987(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}
