import { mediaTypeSyntax } from '../recordings/media-type-syntax.js';

/** Types the recorders write that browsers know by another name. */
const registeredTypes: Readonly<Record<string, string>> = {
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
};

/** Transcripts: browsers show them and run nothing in them. */
const transcriptTypes: ReadonlySet<string> = new Set(['text/vtt', 'application/json']);

/** The Content-Type of a media file; types that a browser would run rather than play become opaque bytes. */
export function contentTypeOf(type: string): string {
  const [, bare = '', parameters = ''] = mediaTypeSyntax.exec(type.trim()) ?? [];
  const lower = bare.toLowerCase();
  if (!/^(audio|video)\//.test(lower) && !transcriptTypes.has(lower)) return 'application/octet-stream';
  return (registeredTypes[lower] ?? lower) + parameters;
}

/** Content-Disposition (RFC 6266) that offers the media id as the file name, with all its characters (RFC 8187). */
export function contentDispositionOf(mediaId: string, disposition: 'inline' | 'attachment' = 'inline'): string {
  const plain = mediaId.replace(/[^A-Za-z0-9._-]/g, '_');
  const encoded = encodeURIComponent(mediaId).replace(
    /['()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const name = `${disposition}; filename="${plain}"`;
  return plain === mediaId ? name : `${name}; filename*=UTF-8''${encoded}`;
}
