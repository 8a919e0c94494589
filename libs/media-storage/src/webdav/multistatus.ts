import type { StoredEntry } from '../stored-object.js';

/** RFC 4918, 14: elements of the namespace DAV:, whatever prefix the server gave it. */
const responseBegins = /<(?:[\w.-]+:)?response[\s>]/;
const hrefElement = /<(?:[\w.-]+:)?href(?:\s[^>]*)?>([^<]*)<\/(?:[\w.-]+:)?href\s*>/;
const collectionElement = /<(?:[\w.-]+:)?collection[\s/>]/;
const documentElement = /<(?:[\w.-]+:)?multistatus[\s>]/;

/**
 * The files and folders right below `target` that a PROPFIND of depth 1 answered. Undefined for what is no such answer: it
 * is cut, declares a document type, or names something elsewhere.
 */
export function entriesOfMultistatus(xml: string, target: string): readonly StoredEntry[] | undefined {
  const [prolog = '', ...responses] = xml.split(responseBegins);
  if (!documentElement.test(prolog) || xml.includes('<!')) return undefined;
  if (!/<\/(?:[\w.-]+:)?multistatus\s*>\s*$/.test(xml.slice(-200))) return undefined;
  const base = decodedPath(target);
  const entries: StoredEntry[] = [];
  for (const response of responses) {
    const path = decodedPath(textOf(hrefElement.exec(response)?.[1] ?? ''));
    if (base === undefined || path?.startsWith(base) !== true) return undefined;
    const name = path.slice(base.length).replace(/\/$/, '');
    // The folder itself is in the list.
    if (name === '') continue;
    if (name.includes('/')) return undefined;
    entries.push({ name, isFolder: collectionElement.test(response) });
  }
  return entries;
}

/** Of a path or a URL; undefined where escapes are no UTF-8, or hide a separator. */
function decodedPath(href: string): string | undefined {
  const path = href.replace(/^https?:\/\/[^/]*/i, '');
  if (!path.startsWith('/') || /%2f/i.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const textOf = (text: string): string =>
  text
    .trim()
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi, (all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? all;
      const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : all;
    });
