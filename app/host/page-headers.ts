/** Nothing but the app's own files, and nothing from elsewhere: `blob:` is for posters and previews, made in the page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  'media-src blob:',
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

interface PageRights {
  /** Addresses beside its own that the page may talk to. */
  readonly connect?: readonly string[];
  /** The page may compile WebAssembly. */
  readonly webAssembly?: boolean;
}

/** Headers of every answer to a page, on the desktop and in the web mode. */
export function pageHeaders({ connect = [], webAssembly = false }: PageRights = {}): Record<string, string> {
  const policy = CONTENT_SECURITY_POLICY.map((rule) => {
    if (rule.startsWith('connect-src')) return [rule, ...connect].join(' ');
    return rule.startsWith('script-src') && webAssembly ? `${rule} 'wasm-unsafe-eval'` : rule;
  });
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=()',
    'x-frame-options': 'DENY',
  };
}
