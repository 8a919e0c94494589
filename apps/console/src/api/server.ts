/**
 * Where the gateway is: the page is its `console`. Whatever path a proxy puts it under is in the address of the page, and
 * nowhere else.
 */
export const serverUrl: string = new URL('.', document.baseURI).href.replace(/\/$/, '');

/** An absolute address on the gateway, for a path as its answers name them: `/recordings/...`. */
export const onServer = (path: string): string => `${serverUrl}${path.startsWith('/') ? path : `/${path}`}`;
