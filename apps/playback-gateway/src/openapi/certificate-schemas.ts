type JsonSchema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const count = { type: 'integer', minimum: 0 };
const flag = { type: 'boolean' };
const aliases = { type: 'array', items: text };
const list = (name: string): JsonSchema => ({ type: 'array', items: { $ref: `#/components/schemas/${name}` } });
const object = (properties: JsonSchema, required: readonly string[] = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
});

const certificate = {
  alias: text,
  issuedTo: text,
  issuedBy: text,
  subjectName: text,
  serialNumber: { type: 'string', description: 'decimal' },
  subjectDn: text,
  issuerDn: text,
  notBefore: time,
  expires: time,
  daysLeft: { type: 'integer' },
  fingerprint: { type: 'string', description: 'SHA-256' },
  keyDetails: object({
    algorithm: text,
    size: count,
    format: text,
    identifier: text,
    presence: { enum: ['present', 'disabled', 'missing', 'unknown'] },
  }),
  deployedCount: count,
  recordings: { ...count, description: 'recordings known to be encrypted for it' },
  status: {
    enum: ['valid', 'not-yet-valid', 'expiring', 'expired', 'key-missing', 'key-disabled', 'decrypt-only', 'deleted'],
  },
  statusText: text,
  decryptOnly: flag,
  createdAt: time,
  createdBy: text,
};

/** The answers, by the names that operations use. */
export const certificateSchemas: JsonSchema = {
  Certificate: object(certificate),
  CertificatePage: object({ certificates: list('Certificate'), total: count, offset: count, limit: count }),
  Inspection: { type: 'object', properties: { certificate: { type: 'object' }, key: { type: 'object' } } },
  Deletion: object({ alias: text, deleted: flag, assignments: count, recordings: count }),
  KeyRemoval: object({ alias: text, keyState: { enum: ['disabled'] }, disabledAt: time, destroyableAt: time }),
  KeyRestoration: object({ alias: text, keyState: { enum: ['present'] } }),
  Renewal: object({ alias: text, successor: text, switched: aliases }),
  Rewrap: object({
    id: text,
    from: text,
    to: text,
    mode: { enum: ['add', 'replace'] },
    state: { enum: ['running', 'paused', 'done'] },
    percent: count,
    processed: count,
    counts: object({ total: count, rewrapped: count, unchanged: count, notRewrappable: count, failed: count }),
    failures: { type: 'array', items: object({ recordingId: text, mediaId: text, reason: text }) },
    notes: aliases,
    createdAt: time,
    createdBy: text,
    updatedAt: time,
  }),
  Rewraps: object({ rewraps: list('Rewrap') }),
  Key: object({ alias: text, keyIdentifier: text, size: count }),
  Keys: object({ keys: list('Key') }),
  ImportKeys: object({ importKeys: { type: 'array', items: object({ vault: text, publicKey: { type: 'object' } }) } }),
  IvrProfiles: object({
    ivrProfiles: { type: 'array', items: object({ name: text, aliases, changedAt: time }) },
  }),
  Assignment: object({ aliases, encrypted: flag, certificates: list('Certificate') }),
  Annex: object({ annex: text }),
  MediaIndex: object({
    mediaFiles: count,
    inspected: count,
    proved: count,
    failing: count,
    givenUp: count,
    unknownRecordings: count,
    failures: {
      type: 'array',
      items: object({
        recording: text,
        mediaFile: text,
        missing: { enum: ['inspection', 'content-tree', 'given-up'] },
        attempts: count,
        code: text,
        reason: text,
        nextStep: text,
        nextAttempt: time,
      }),
    },
  }),
  Recipients: object({
    encrypted: flag,
    certificates: { type: 'array', items: object({ alias: text, certificate: text }) },
  }),
};
