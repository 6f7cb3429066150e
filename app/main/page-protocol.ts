import { protocol } from 'electron';
import { pageHeaders, readAsset } from '../host';
import { GPU_PAGE, PAGE_HOST, PAGE_SCHEME } from './page-address';

/** Once, before Electron is ready: the scheme counts as a secure origin with storage and fetch of its own. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built window from `root` under `clearcut://app/`, with the headers of every page. */
export function servePages(root: string): void {
  protocol.handle(PAGE_SCHEME, async (request) => {
    const url = new URL(request.url);
    // onnxruntime is WebAssembly, and runs in the hidden window alone.
    const headers = pageHeaders({ webAssembly: url.pathname === GPU_PAGE });
    if (url.host !== PAGE_HOST || request.method !== 'GET')
      return new Response(null, { status: 403, headers });
    const asset = await readAsset(root, url.pathname);
    if (!asset) return new Response(null, { status: 404, headers });
    return new Response(new Uint8Array(asset.bytes), {
      headers: { ...headers, 'content-type': asset.type },
    });
  });
}
