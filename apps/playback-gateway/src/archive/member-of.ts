import type { ZipMember } from '#archive';

/** A member of an archive that is there already. */
export const memberOf = (name: string, content: Buffer): ZipMember => ({
  name,
  length: content.length,
  modified: new Date(),
  content: () => [content],
});
