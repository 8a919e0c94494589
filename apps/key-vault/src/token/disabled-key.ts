import { z } from 'zod';
import type { KeyPurpose } from '#contracts';
import type { TokenNote } from '#pkcs11';
import { formatKeyLabel, parseKeyLabel } from './key-label.js';

/** One private key as one contact center has it; another that has the same key is not concerned. */
export interface KeyOfContactCenter {
  readonly purpose: KeyPurpose;
  readonly contactCenter: string;
  /** Lower-case hexadecimal. */
  readonly keyIdentifier: string;
}

/** What is written into the token when a key is disabled. */
const markSchema = z.object({
  disabledAt: z.iso.datetime(),
  destroyableAt: z.iso.datetime(),
  /** Who asked for it. */
  by: z.string(),
  unlistableSources: z.array(z.string()).default([]),
});
export type DisabledMark = z.output<typeof markSchema>;

export interface DisabledKey extends KeyOfContactCenter {
  /** undefined when what is written down cannot be read: the key stays disabled, and is never destroyed on its account. */
  readonly mark: DisabledMark | undefined;
}

const prefix = 'disabled/';
/** Whatever the configuration or the note says, nobody destroys a key earlier, so that a mistake can be noticed. */
export const shortestDelayMs = 24 * 3_600_000;

/** The name of a note says which key it is about, so that it holds whatever became of its content. */
export const noteName = ({ purpose, contactCenter, keyIdentifier }: KeyOfContactCenter): string =>
  prefix + formatKeyLabel({ purpose, contactCenter, alias: keyIdentifier });

export const noteOf = (key: KeyOfContactCenter, mark: DisabledMark): TokenNote => ({
  name: noteName(key),
  content: Buffer.from(JSON.stringify(mark)),
});

/** undefined for notes about something else. */
export function readDisabledKey({ name, content }: TokenNote): DisabledKey | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const { purpose, contactCenter, alias: keyIdentifier } = parseKeyLabel(name.slice(prefix.length));
  return { purpose, contactCenter, keyIdentifier, mark: readMark(content) };
}

function readMark(content: Buffer): DisabledMark | undefined {
  let mark: DisabledMark;
  try {
    mark = markSchema.parse(JSON.parse(content.toString('utf8')));
  } catch {
    return undefined;
  }
  const earliest = Date.parse(mark.disabledAt) + shortestDelayMs;
  return Date.parse(mark.destroyableAt) >= earliest
    ? mark
    : { ...mark, destroyableAt: new Date(earliest).toISOString() };
}
