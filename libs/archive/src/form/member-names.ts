import { hash } from 'node:crypto';

/** The longest part of a path that every file system takes, less what is added for a name that was taken. */
const maximumPart = 180;
/** What no part of a path may be on one system or another. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const safe = /^[\p{L}\p{N}_@=+,()~ .-]$/u;

/**
 * One part of a path that can be unpacked anywhere: what some file system does not take, and what leads elsewhere, is
 * written as `%XX`. A part that is too long is cut, and ends with the beginning of the SHA-256 of the whole.
 */
export function safePart(text: string): string {
  let part = '';
  for (const character of text) part += safe.test(character) ? character : percented(character);
  part = part.replace(/^[. ]/, percented).replace(/[. ]$/, percented);
  if (part === '' || reserved.test(part)) part = `%${part}`;
  if (Buffer.byteLength(part) <= maximumPart) return part;
  const kept = Buffer.from(part)
    .subarray(0, 140)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
  return `${kept}~${hash('sha256', text, 'hex').slice(0, 32)}`;
}

const percented = (character: string): string =>
  [...Buffer.from(character)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Names of the files of one folder, none of which is another one's on a file system that does not tell cases apart. */
export class FolderNames {
  private readonly taken = new Set<string>();

  constructor(names: readonly string[] = []) {
    for (const name of names) this.taken.add(folded(name));
  }

  /** The name, or the name with a number before its extension. */
  take(stem: string, extension: string): string {
    for (let number = 1; ; number++) {
      const name = `${safePart(number === 1 ? stem : `${stem}~${number}`)}${extension}`;
      if (this.taken.has(folded(name))) continue;
      this.taken.add(folded(name));
      return name;
    }
  }
}

const folded = (name: string): string => name.normalize('NFKC').toLowerCase();

/** What a folder of a recording is made of. */
export interface ArchivedRecording {
  readonly contactCenter: string;
  readonly tenant: string | undefined;
  readonly startTime: string | undefined;
  readonly id: string;
}

/** `contact center/tenant/yyyy-MM-dd/recording`: the day, in UTC, on which the recording began. */
export function folderOfRecording({ contactCenter, tenant, startTime, id }: ArchivedRecording): string {
  return [contactCenter, tenant ?? contactCenter, dayOf(startTime), id].map(safePart).join('/');
}

/** Of a time as recorders write it; `unknown-day` for what is none. */
function dayOf(time: string | undefined): string {
  const parsed = Date.parse((time ?? '').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(parsed) ? 'unknown-day' : new Date(parsed).toISOString().slice(0, 10);
}
