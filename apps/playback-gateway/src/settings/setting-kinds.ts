import { z } from 'zod';
import { parseInput, RcsError, type ErrorCode } from '#platform';
import { privacyFieldsSchema, recordingPrivacyGroup, recordingPrivacyNames } from './privacy-fields.js';

const credential = z.strictObject({
  userName: z
    .string()
    .max(1024)
    .regex(/^[^:\p{Cc}]*$/u, 'must be a user name without colons')
    .optional(),
  password: z.string().max(1024).optional().describe('kept encrypted, and never answered'),
  storagePath: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .regex(/^[^@?#\\]*$/, 'must have no user information, query or fragment')
    .describe('base URL of the WebDAV'),
});

/** Storages as the original has them. */
export const storagesSchema = z
  .array(
    z.strictObject({
      storageType: z.enum(['webDAV']),
      active: z.boolean().default(true).describe('whether new recordings are to be written there'),
      credential,
    }),
  )
  .min(1)
  .max(16);
export type AskedStorages = z.output<typeof storagesSchema>;

const prefix = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .regex(/^[^@?#\\]*[^/@?#\\]$/, 'must have no user information, query, fragment, or slash at the end');

interface SettingKind {
  readonly displayName: string;
  readonly schema: z.ZodType;
}

interface SettingGroup {
  readonly displayName: string;
  readonly names: Readonly<Record<string, SettingKind>>;
  /** Of every other name, where these are the contact center's own. */
  readonly anyName?: SettingKind;
}

/** Its settings are certificates, which have routes of their own. */
export const screenEncryptionGroup = 'screen-recording-encryption';
/** The DBIDs that IVR profiles have in the Configuration Server, by their names. */
export const ivrProfileGroup = 'ivr-profiles';

const dbid = z.string().regex(/^[1-9]\d{0,9}$/, 'must be the DBID of the IVR profile, such as "101"');
const privacyFields = { displayName: 'Hidden fields', schema: privacyFieldsSchema };

/** What may be set, by group and name. */
export const settingGroups: Readonly<Record<string, SettingGroup>> = {
  'screen-recording': {
    displayName: 'Screen Recording',
    names: {
      storage: { displayName: 'Storages', schema: storagesSchema },
      'decrypt-uri-prefix': { displayName: 'Screen Recording Decrypt URI Prefix', schema: prefix },
    },
  },
  [screenEncryptionGroup]: { displayName: 'Screen Recording Encryption', names: {} },
  [recordingPrivacyGroup]: {
    displayName: 'Recording Privacy',
    names: Object.fromEntries(recordingPrivacyNames.map(name => [name, privacyFields])),
  },
  [ivrProfileGroup]: {
    displayName: 'IVR Profiles',
    names: {},
    anyName: { displayName: 'DBID', schema: dbid },
  },
};

/** @throws RcsError RCS_NOT_FOUND */
export function settingGroup(group: string): SettingGroup {
  const found = Object.hasOwn(settingGroups, group) ? settingGroups[group] : undefined;
  if (found !== undefined) return found;
  throw told(
    'RCS_NOT_FOUND',
    `there is no group of settings ${JSON.stringify(group)}: GET /api/v2/settings lists them`,
  );
}

/** A group as it is listed. */
export function describedGroup(group: string, externalUrl: string) {
  const path = `/settings/${group}`;
  const { displayName } = settingGroup(group);
  return { name: group, displayName, key: 'name' as const, uri: `${externalUrl}/api/v2${path}`, path };
}

/** The value as the setting has it. @throws RcsError RCS_INVALID_VALUE naming what is wrong. */
export function settingValue(group: string, name: string, value: unknown): unknown {
  const { names, anyName } = settingGroup(group);
  const kind = Object.hasOwn(names, name) ? names[name] : anyName;
  if (kind === undefined)
    throw told('RCS_INVALID_VALUE', `name: ${JSON.stringify(name)} is none of ${Object.keys(names).join(', ')}`);
  return (parseInput(z.object({ value: kind.schema }), { value }) as { readonly value: unknown }).value;
}

const told = (code: ErrorCode, publicDetail: string): RcsError => new RcsError(code, undefined, { publicDetail });
