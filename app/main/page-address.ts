/** The scheme and host of the window's own files. */
export const PAGE_SCHEME = 'clearcut';
export const PAGE_HOST = 'app';

/** The window's first page: electron-vite's server while developing, else the built files. */
export function pageAddress(developmentServer: string | undefined): string {
  return developmentServer ?? `${PAGE_SCHEME}://${PAGE_HOST}/index.html`;
}

/** The page of the hidden window. */
export const GPU_PAGE = '/gpu.html';

/** Where the hidden window's page lies. */
export function gpuAddress(developmentServer: string | undefined): string {
  return developmentServer === undefined
    ? `${PAGE_SCHEME}://${PAGE_HOST}${GPU_PAGE}`
    : new URL(GPU_PAGE, developmentServer).href;
}

/** True for addresses of the window's own pages. */
export function isOwnPage(address: string, developmentServer: string | undefined): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.protocol === `${PAGE_SCHEME}:`) return url.host === PAGE_HOST;
  return developmentServer !== undefined && url.origin === new URL(developmentServer).origin;
}
