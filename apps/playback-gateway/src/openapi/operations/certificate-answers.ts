import { z } from 'zod';
import { named } from '../named-schema.js';
import { aliases, count, time } from '../values.js';

/** What the certificate itself says. */
const certificateFields = {
  issuedTo: z.string(),
  issuedBy: z.string(),
  subjectName: z.string().describe('as upload forms show it: Genesys Recording <Email not set>'),
  serialNumber: z.string().describe('decimal'),
  subjectDn: z.string(),
  issuerDn: z.string(),
  notBefore: time,
  expires: time,
  fingerprint: z.string().describe('SHA-256'),
};

const pathProblem = z.strictObject({ code: z.string(), message: z.string() });

/** One line of the list. */
const row = {
  alias: z.string(),
  ...certificateFields,
  daysLeft: z.int(),
  keyDetails: z.strictObject({
    algorithm: z.literal('RSA'),
    size: count.describe('bits'),
    format: z.string().optional(),
    identifier: z.string().optional(),
    presence: z.enum(['present', 'disabled', 'missing', 'unknown']),
    disabledAt: time.optional(),
    destroyableAt: time.optional(),
  }),
  deployedCount: count.describe('IVR profiles and screen recordings it is assigned to'),
  recordings: count.optional().describe('recordings known to be encrypted for it'),
  status: z.enum([
    'valid',
    'not-yet-valid',
    'expiring',
    'expired',
    'key-missing',
    'key-disabled',
    'decrypt-only',
    'deleted',
  ]),
  statusText: z.string().describe('for people'),
  decryptOnly: z.boolean(),
  successor: z.string().optional(),
  createdAt: time.optional(),
  createdBy: z.string().optional(),
  deletedAt: time.optional(),
  deletedBy: z.string().optional(),
  keyRemovedAt: time.optional(),
};

export const certificate = named('Certificate', z.strictObject(row));

export const certificatePage = named(
  'CertificatePage',
  z.strictObject({ certificates: z.array(certificate), total: count, offset: count, limit: count }),
);

export const certificateDetails = named(
  'CertificateDetails',
  z.strictObject({
    ...row,
    certificate: z.string().describe('PEM'),
    chain: z.array(z.strictObject({ subjectDn: z.string(), issuerDn: z.string(), expires: time, pem: z.string() })),
    problems: z.array(pathProblem),
    deployedTo: z.array(z.string()).optional(),
    archives: count.optional().describe('archives that were made here and have media files that only its key opens'),
  }),
);

export const uploadedCertificate = named(
  'UploadedCertificate',
  z.strictObject({
    ...row,
    key: z.string().describe('identifier of the key in the tokens'),
    outcome: z.enum(['created', 'known', 'restored']),
    warnings: z.array(z.string()),
  }),
);

export const inspection = named(
  'Inspection',
  z.strictObject({
    certificate: z
      .strictObject({
        ...certificateFields,
        emailAddress: z.string().nullable(),
        keyDetails: z.strictObject({ algorithm: z.literal('RSA'), size: count }),
        suggestedAlias: z.string(),
        chain: z.array(z.strictObject({ subjectDn: z.string(), issuerDn: z.string(), expires: time })),
        warnings: z.array(z.string()),
        problems: z.array(pathProblem),
      })
      .optional(),
    key: z
      .strictObject({
        format: z.string(),
        encrypted: z.boolean(),
        size: count.optional(),
        matchesCertificate: z.boolean().optional(),
        problem: z.strictObject({ code: z.string(), message: z.string() }).optional(),
      })
      .optional(),
  }),
);

export const deletion = named(
  'Deletion',
  z.strictObject({
    alias: z.string(),
    deleted: z.literal(true),
    assignments: count,
    recordings: count,
    archives: count,
  }),
);

export const keyRemoval = named(
  'KeyRemoval',
  z.strictObject({
    alias: z.string(),
    keyState: z.literal('disabled'),
    disabledAt: time.optional(),
    destroyableAt: time.optional().describe('until then at least it can be restored'),
  }),
);

export const keyRestoration = named(
  'KeyRestoration',
  z.strictObject({ alias: z.string(), keyState: z.literal('present') }),
);

export const renewal = named(
  'Renewal',
  z.strictObject({ alias: z.string(), successor: z.string(), switched: aliases.describe('places that changed') }),
);
