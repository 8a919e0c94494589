/** Audio and video, but for what says that it is also a document or a program. */
const playable = /^(audio|video)\/(?!.*(html|xml|script))/i;

/**
 * The Content-Security-Policy of an answer with media. Opened in a browser it becomes a document of the browser's own,
 * which plays the media from its address and styles itself. Scripts run in none; what is not for playing is in a sandbox.
 */
export function mediaPolicyOf(contentType: string): string {
  const allowed = playable.test(contentType) ? "media-src 'self'; style-src 'unsafe-inline'" : 'sandbox';
  return `default-src 'none'; ${allowed}; frame-ancestors 'none'`;
}
