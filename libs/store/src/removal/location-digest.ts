import { createHash } from 'node:crypto';

/** Paths may have thousands of characters, and there are as many places as media files. */
export const locationDigest = (location: string): Buffer => createHash('sha256').update(location).digest();
