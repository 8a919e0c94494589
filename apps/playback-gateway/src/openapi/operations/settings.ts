import { z } from 'zod';
import {
  putSettingSchema,
  removeSettingQuerySchema,
  removeSettingSchema,
  settingGroupsQuerySchema,
  settingsQuerySchema,
} from '../../settings/settings.controller.js';
import { crossOriginSettingsSchema } from '../../settings/cross-origin-settings.controller.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import {
  removeScreenEncryptionSchema,
  screenEncryptionQuerySchema,
  screenEncryptionSchema,
} from '../../assignments/screen-encryption-settings.controller.js';
import { succeeded } from '../values.js';

const crossOrigin = named(
  'CrossOriginSettings',
  z.strictObject({ statusCode: succeeded, allowedOrigins: z.array(z.string()) }),
);

const storage = z.strictObject({
  storageType: z.string(),
  active: z.boolean(),
  credential: z.strictObject({ userName: z.string().optional(), storagePath: z.string() }),
});
const value = z.union([z.string(), z.array(storage)]).describe('of storages: without passwords');
const setting = { name: z.string(), location: z.string(), value };
const settingAnswer = named('Setting', z.strictObject({ statusCode: succeeded, ...setting }));
const described = {
  name: z.string(),
  displayName: z.string(),
  key: z.literal('name'),
  uri: z.string(),
  path: z.string(),
};
const groups = named(
  'SettingGroups',
  z.strictObject({ statusCode: succeeded, settings: z.array(z.strictObject(described)) }),
);
const group = named(
  'SettingGroup',
  z.strictObject({ statusCode: succeeded, ...described, settings: z.array(z.strictObject(setting)) }),
);
const put = {
  caller: 'user' as const,
  body: putSettingSchema,
  answers: { 200: json(settingAnswer) },
  problems: ['RCS_NOT_FOUND', 'RCS_MEDIA_LOCATION_REFUSED', 'RCS_CONFIRMATION_REQUIRED'] as const,
};

const screenEncryption = {
  name: z.literal('certificates'),
  location: z.literal('/'),
  value: z.array(z.strictObject({ alias: z.string(), certificate: z.string().describe('PEM') })),
};
const screenEncryptionAnswer = named(
  'ScreenEncryption',
  z.strictObject({ statusCode: succeeded, ...screenEncryption }),
);
const screenEncryptionGroup = named(
  'ScreenEncryptionGroup',
  z.strictObject({ statusCode: succeeded, ...described, settings: z.array(z.strictObject(screenEncryption)) }),
);
const certificateProblems = [
  'RCS_CERTIFICATE_NOT_FOUND',
  'RCS_CERTIFICATE_NOT_VALID',
  'RCS_CONFIRMATION_REQUIRED',
  'RCS_KEY_DISABLED',
  'RCS_KEY_REFUSED',
] as const;
const putScreenEncryption = {
  caller: 'certificate-administrator' as const,
  body: screenEncryptionSchema,
  answers: { 200: json(screenEncryptionAnswer) },
  problems: certificateProblems,
};

/** What administrators of a contact center set for their users. */
export const settings: FeatureOperations = {
  feature: 'Settings',
  operations: {
    'GET /api/v2/settings': {
      summary: 'What may be set, by group',
      caller: 'user',
      query: settingGroupsQuerySchema,
      answers: { 200: json(groups) },
    },
    'GET /api/v2/settings/:group': {
      summary:
        'What the contact center has set: screen-recording (storage, decrypt-uri-prefix), recording-privacy (metadata.privacy.agent_fields, metadata.privacy.customer_fields), ivr-profiles (a DBID by the name of its profile)',
      caller: 'user',
      query: settingsQuerySchema,
      answers: { 200: json(group) },
      problems: ['RCS_NOT_FOUND'],
    },
    'POST /api/v2/settings/:group': { summary: 'Set something for a location', ...put },
    'PUT /api/v2/settings/:group': { summary: 'As POST', ...put },
    'DELETE /api/v2/settings/:group': {
      summary: 'Take back what is set for exactly this location',
      caller: 'user',
      query: removeSettingQuerySchema,
      body: removeSettingSchema,
      answers: { 200: json(named('SettingRemoved', z.strictObject({ statusCode: succeeded }))) },
      problems: ['RCS_NOT_FOUND', 'RCS_CONFIRMATION_REQUIRED'],
    },
    'GET /api/v2/settings/screen-recording-encryption': {
      summary: 'Certificates that screen recordings are encrypted for',
      caller: 'certificate-administrator',
      query: screenEncryptionQuerySchema,
      answers: { 200: json(screenEncryptionGroup) },
      problems: ['RCS_CERTIFICATE_NOT_FOUND'],
    },
    'POST /api/v2/settings/screen-recording-encryption': {
      summary: 'Say what screen recordings are encrypted for',
      ...putScreenEncryption,
    },
    'PUT /api/v2/settings/screen-recording-encryption': { summary: 'As POST', ...putScreenEncryption },
    'DELETE /api/v2/settings/screen-recording-encryption': {
      summary: 'Encrypt screen recordings for nothing any more',
      caller: 'certificate-administrator',
      query: screenEncryptionQuerySchema,
      body: removeScreenEncryptionSchema,
      answers: { 200: json(named('ScreenEncryptionRemoved', z.strictObject({ statusCode: succeeded }))) },
      problems: certificateProblems,
    },
    'GET /api/v2/settings/cross-origin': {
      summary: 'Origins whose pages the users of the contact center may use',
      caller: 'user',
      answers: { 200: json(crossOrigin) },
    },
    'PUT /api/v2/settings/cross-origin': {
      summary: 'Allow origins, beside those of the configuration',
      caller: 'user',
      body: crossOriginSettingsSchema,
      answers: { 200: json(crossOrigin) },
    },
  },
};
