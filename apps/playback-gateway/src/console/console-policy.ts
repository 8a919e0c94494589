/**
 * What the console may load (CSP Level 3): its own files and answers of this gateway, nothing inline, nothing of others.
 * Icons of style sheets are `data:`; the player puts media together as `blob:`.
 */
export const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
