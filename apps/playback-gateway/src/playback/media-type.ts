/** Types the recorders write that browsers know by another name. */
const registeredTypes: Readonly<Record<string, string>> = {
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
};

const syntax = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/;

/** The Content-Type of a media file; types that a browser would run rather than play become opaque bytes. */
export function contentTypeOf(type: string): string {
  const lower = type.toLowerCase().trim();
  if (!syntax.test(lower) || !/^(audio|video)\//.test(lower)) return 'application/octet-stream';
  return registeredTypes[lower] ?? lower;
}

/** Content-Disposition (RFC 6266) that offers the media id as the file name. */
export function contentDispositionOf(mediaId: string): string {
  const plain = mediaId.replace(/[^A-Za-z0-9._-]/g, '_');
  const encoded = encodeURIComponent(mediaId).replace(
    /['()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return plain === mediaId ? `inline; filename="${plain}"` : `inline; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
