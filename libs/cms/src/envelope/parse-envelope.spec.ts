import fc from 'fast-check';
import { encodeObjectIdentifier } from '../asn1/object-identifier.js';
import { cmsErrorOf, outcomeOf } from '../testing/cms-error-matcher.js';
import {
  cbcAlgorithm,
  contentInfo,
  element,
  gcmAlgorithm,
  keyTransportRecipient,
  lengthForm,
  primitive,
  testIssuer,
} from '../testing/ber-structures.js';
import { deviationsOf } from './envelope-head.js';
import { parseEnvelope } from './parse-envelope.js';

const iv = Buffer.alloc(16, 9);
const detached = contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv) });

/** KEKRecipientInfo, KeyAgreeRecipientInfo and the like: whatever they hold is passed over. */
const otherRecipient = (kind: number): Buffer => element(0xa0 | kind, 'indefinite', primitive(0x02, Buffer.from([4])));

describe(parseEnvelope.name, () => {
  it('reads what stands in a detached envelope', () => {
    expect(parseEnvelope(detached)).toEqual({
      kind: 'enveloped-data',
      version: 0,
      recipients: [
        {
          identifier: { type: 'issuer-and-serial-number', issuer: testIssuer, serialNumber: Buffer.from([5]) },
          keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
          encryptedKey: Buffer.alloc(256, 7),
        },
      ],
      otherRecipientCount: 0,
      contentType: '1.2.840.113549.1.7.1',
      contentEncryption: { mode: 'cbc', algorithm: 'aes-256-cbc', keyLength: 32, blockLength: 16, iv },
    });
  });

  it('reads the same from every form of BER', () => {
    const expected = parseEnvelope(detached);
    fc.assert(
      fc.property(
        fc.array(lengthForm, { minLength: 5, maxLength: 5 }),
        lengthForm,
        lengthForm,
        (forms, form, inner) => {
          const recipients = [keyTransportRecipient({ form })];
          const algorithm = cbcAlgorithm(iv, inner);
          expect(parseEnvelope(contentInfo({ forms, algorithm, recipients }))).toEqual(expected);
        },
      ),
    );
  });

  it('keeps no reference to the bytes it was given', () => {
    const bytes = Buffer.from(detached);
    const envelope = parseEnvelope(bytes);
    bytes.fill(0);
    expect(envelope).toEqual(parseEnvelope(detached));
  });

  it('finds RSA recipients among others in any order', () => {
    const serials = [1, 2, 3];
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }), order => {
        const all = [
          ...serials.map(serial => keyTransportRecipient({ serialNumber: Buffer.from([serial]) })),
          ...[1, 2, 3, 4].map(otherRecipient),
        ];
        const recipients = order.map(index => all[index] ?? Buffer.alloc(0));
        const envelope = parseEnvelope(contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv), recipients }));
        expect(envelope.otherRecipientCount).toBe(4);
        const found = envelope.recipients.map(({ identifier }) =>
          identifier.type === 'issuer-and-serial-number' ? identifier.serialNumber[0] : undefined,
        );
        expect(found).toEqual(order.filter(index => index < 3).map(index => serials[index]));
      }),
    );
  });

  it.each([
    ['000005', '05'],
    ['00ff', '00ff'],
    ['ffff80', '80'],
    ['ff7f', 'ff7f'],
    ['00', '00'],
  ])('reduces the serial number %s to %s', (given, minimal) => {
    const recipients = [keyTransportRecipient({ serialNumber: Buffer.from(given, 'hex') })];
    const [recipient] = parseEnvelope(
      contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv), recipients }),
    ).recipients;
    expect(recipient?.identifier).toMatchObject({ serialNumber: Buffer.from(minimal, 'hex') });
  });

  it('passes over originatorInfo and unprotected attributes', () => {
    const beforeRecipients = element(0xa0, 'indefinite', element(0xa0, 'indefinite', primitive(0x04, Buffer.alloc(9))));
    const trailer = [element(0xa1, 'indefinite', element(0x30, 'definite', primitive(0x06, Buffer.from([42]))))];
    const bytes = contentInfo({ forms: ['indefinite'], algorithm: cbcAlgorithm(iv), beforeRecipients, trailer });
    expect(parseEnvelope(bytes)).toEqual(parseEnvelope(detached));
  });

  it('reads a detached AuthEnvelopedData with its tag and attributes', () => {
    const attribute = element(0x30, 'definite', primitive(0x06, Buffer.from([42, 3])));
    const tag = Buffer.alloc(16, 3);
    const envelope = parseEnvelope(
      contentInfo({
        forms: ['indefinite'],
        kind: 'auth-enveloped-data',
        algorithm: gcmAlgorithm(Buffer.alloc(12), 16),
        trailer: [element(0xa1, 'indefinite', attribute), primitive(0x04, tag), element(0xa2, 'definite', attribute)],
      }),
    );
    expect(envelope.authentication).toEqual({ tag, additionalData: element(0x31, 'definite', attribute) });
    expect(envelope.contentEncryption).toMatchObject({ algorithm: 'aes-256-gcm', tagLength: 16 });
  });

  describe('with attached content', () => {
    const content = primitive(0x80, Buffer.alloc(100_000, 1));
    const attached = contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv), content });
    const head = attached.subarray(0, attached.length - 100_000);

    it('takes the bytes up to the first content octet', () => {
      expect(parseEnvelope(head)).toEqual(parseEnvelope(detached));
    });

    it.each([1, 1000, 100_000])('refuses %d bytes of content', count => {
      const error = cmsErrorOf(() => parseEnvelope(attached.subarray(0, head.length + count)));
      expect(error).toMatchObject({ code: 'CMS_MALFORMED', offset: head.length });
    });
  });

  it('refuses every cut as truncated, naming its place', () => {
    for (const whole of [detached, contentInfo({ forms: ['indefinite'], algorithm: cbcAlgorithm(iv, 'indefinite') })]) {
      for (let length = 0; length < whole.length; length++) {
        const error = cmsErrorOf(() => parseEnvelope(whole.subarray(0, length)));
        expect(error).toMatchObject({ code: 'CMS_TRUNCATED', offset: length });
      }
    }
  });

  it('reads versions that no standard has only where it is told to', () => {
    const odd = Buffer.from(detached);
    odd[odd.indexOf(Buffer.from('020100', 'hex')) + 2] = 1;
    expect(cmsErrorOf(() => parseEnvelope(odd))).toMatchObject({ code: 'CMS_UNSUPPORTED' });
    const envelope = parseEnvelope(odd, { anyEnvelopeVersion: true });
    expect(deviationsOf(envelope)).toEqual(['version 1 of enveloped-data']);
    expect(deviationsOf(parseEnvelope(detached))).toEqual([]);
  });

  it('refuses trailing bytes', () => {
    const error = cmsErrorOf(() => parseEnvelope(Buffer.concat([detached, Buffer.of(1)])));
    expect(error).toMatchObject({ code: 'CMS_MALFORMED', offset: detached.length });
  });

  it('answers every modification with an envelope or a typed error', () => {
    const samples = [detached, contentInfo({ forms: ['indefinite', 'long'], algorithm: cbcAlgorithm(iv, 'long') })];
    const edit = fc.record({
      at: fc.nat(),
      value: fc.nat(255),
      remove: fc.boolean(),
      insert: fc.uint8Array({ maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(edit, { minLength: 1, maxLength: 4 }), (sample, edits) => {
        let bytes = Buffer.from(sample);
        for (const { at, value, remove, insert } of edits) {
          const index = at % bytes.length;
          bytes[index] = value;
          bytes = Buffer.concat([bytes.subarray(0, index), insert, bytes.subarray(remove ? index + 1 : index)]);
        }
        outcomeOf(() => parseEnvelope(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  it('answers random bytes with a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        expect(outcomeOf(() => parseEnvelope(Buffer.from(bytes)))).not.toBe('success');
      }),
    );
  });

  describe('of hostile making', () => {
    const wrap = (hex: string): Buffer => Buffer.from(hex.replace(/ /g, ''), 'hex');
    const enveloped = '06092a864886f70d010703';
    const replaced = (from: Buffer, to: Buffer): Buffer => {
      const at = detached.indexOf(from);
      return Buffer.concat([detached.subarray(0, at), to, detached.subarray(at + from.length)]);
    };

    it.each([
      ['a length of 2^63', wrap('30 88 8000000000000000'), 'CMS_LIMIT_EXCEEDED', 1],
      ['a length of 2^53', wrap('30 87 20000000000000'), 'CMS_LIMIT_EXCEEDED', 1],
      ['a length of 126 octets', Buffer.concat([wrap('30 fe'), Buffer.alloc(200, 1)]), 'CMS_LIMIT_EXCEEDED', 1],
      ['the reserved length', wrap('30 ff 00'), 'CMS_MALFORMED', 1],
      ['a primitive of indefinite length', wrap(`30 80 06 80`), 'CMS_MALFORMED', 3],
      ['a child longer than its parent', wrap(`30 0b 06 0a`), 'CMS_MALFORMED', 2],
      ['another content type', wrap('30 80 06092a864886f70d010702'), 'CMS_UNSUPPORTED', 2],
      ['an empty ContentInfo', wrap('30 00'), 'CMS_MALFORMED', 2],
      ['version 1', wrap(`30 80 ${enveloped} a0 80 30 80 02 01 01`), 'CMS_UNSUPPORTED', 17],
      ['a version of many octets', wrap(`30 80 ${enveloped} a0 80 30 80 02 04 00000000`), 'CMS_UNSUPPORTED', 17],
      ['no recipients', wrap(`30 80 ${enveloped} a0 80 30 80 020100 31 00`), 'CMS_MALFORMED', 20],
      ['a recipient that is none', wrap(`30 80 ${enveloped} a0 80 30 80 020100 31 02 05 00`), 'CMS_MALFORMED', 22],
    ] as const)('refuses %s', (_, bytes, code, offset) => {
      expect(cmsErrorOf(() => parseEnvelope(bytes))).toMatchObject({ code, offset });
    });

    it('refuses an unknown content encryption algorithm by name', () => {
      const bytes = replaced(
        encodeObjectIdentifier('2.16.840.1.101.3.4.1.42'),
        encodeObjectIdentifier('2.16.840.1.101.3.4.1.99'),
      );
      const error = cmsErrorOf(() => parseEnvelope(bytes));
      expect(error.code).toBe('CMS_UNSUPPORTED');
      expect(error.message).toContain('2.16.840.1.101.3.4.1.99');
    });

    it('refuses GCM in EnvelopedData and CBC in AuthEnvelopedData', () => {
      const gcm = gcmAlgorithm(Buffer.alloc(12), 16);
      const wrong = [
        contentInfo({ forms: ['definite'], algorithm: gcm }),
        contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv), kind: 'auth-enveloped-data' }),
      ];
      for (const bytes of wrong) expect(outcomeOf(() => parseEnvelope(bytes))).toBe('CMS_UNSUPPORTED');
    });

    it.each([0, 8, 15, 17, 1000])('refuses an initialisation vector of %d bytes', length => {
      const bytes = contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(Buffer.alloc(length)) });
      expect(cmsErrorOf(() => parseEnvelope(bytes))).toMatchObject({ code: 'CMS_MALFORMED', expected: '16 bytes' });
    });

    it.each([0, 1, 4, 11, 17, 255])('refuses an authentication tag of %d bytes', tagLength => {
      const algorithm = gcmAlgorithm(Buffer.alloc(12), tagLength);
      const trailer = [primitive(0x04, Buffer.alloc(tagLength))];
      const bytes = contentInfo({ forms: ['definite'], kind: 'auth-enveloped-data', algorithm, trailer });
      expect(outcomeOf(() => parseEnvelope(bytes))).toBe('CMS_MALFORMED');
    });

    it('refuses a tag of another length than announced, and a missing one', () => {
      const algorithm = gcmAlgorithm(Buffer.alloc(12), 16);
      const kind = 'auth-enveloped-data';
      const short = contentInfo({ forms: ['definite'], kind, algorithm, trailer: [primitive(0x04, Buffer.alloc(12))] });
      expect(cmsErrorOf(() => parseEnvelope(short))).toMatchObject({ code: 'CMS_MALFORMED', expected: '16 bytes' });
      const missing = contentInfo({ forms: ['definite'], kind, algorithm });
      expect(outcomeOf(() => parseEnvelope(missing))).toBe('CMS_MALFORMED');
    });

    it.each([0, 2049])('refuses an encrypted key of %d bytes', length => {
      const recipients = [keyTransportRecipient({ encryptedKey: Buffer.alloc(length) })];
      const bytes = contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv), recipients });
      expect(outcomeOf(() => parseEnvelope(bytes))).toBe('CMS_MALFORMED');
    });

    it('refuses a million recipients after the first thousand', () => {
      const recipients = [Buffer.alloc(2_000_000, Buffer.from('a200', 'hex'))];
      const bytes = contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv), recipients });
      expect(outcomeOf(() => parseEnvelope(bytes))).toBe('CMS_LIMIT_EXCEEDED');
    });

    it.each([40, 1_000_000])('refuses elements nested %d deep', depth => {
      const recipients = [
        Buffer.concat([Buffer.from('a280', 'hex'), Buffer.alloc(2 * depth, Buffer.from('3080', 'hex'))]),
      ];
      const bytes = contentInfo({ forms: ['indefinite'], algorithm: cbcAlgorithm(iv), recipients });
      expect(outcomeOf(() => parseEnvelope(bytes))).toBe('CMS_LIMIT_EXCEEDED');
    });

    it('refuses an issuer nested too deeply', () => {
      const deep = Array.from({ length: 100 }).reduce<Buffer>(
        inner => element(0x30, 'definite', inner),
        Buffer.alloc(0),
      );
      const recipient = element(
        0x30,
        'definite',
        primitive(0x02, Buffer.from([0])),
        element(0x30, 'definite', deep, primitive(0x02, Buffer.from([1]))),
      );
      const bytes = contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv), recipients: [recipient] });
      expect(outcomeOf(() => parseEnvelope(bytes))).toBe('CMS_LIMIT_EXCEEDED');
    });
  });

  describe('of recipients that cannot be read', () => {
    const ours = keyTransportRecipient();
    const oaep = Buffer.from('06092a864886f70d010107', 'hex');
    const withAlgorithm = (algorithm: Buffer): Buffer =>
      element(
        0x30,
        'definite',
        Buffer.from('020100', 'hex'),
        element(0x30, 'definite', testIssuer, Buffer.from('020109', 'hex')),
        element(0x30, 'definite', algorithm),
        primitive(0x04, Buffer.alloc(256, 7)),
      );
    const unknownHash = Buffer.from('a009300706052a03040506', 'hex');

    it.each<[string, Buffer]>([
      ['OAEP with NULL for its parameters', withAlgorithm(Buffer.concat([oaep, Buffer.from('0500', 'hex')]))],
      ['OAEP with an unknown hash', withAlgorithm(Buffer.concat([oaep, element(0x30, 'definite', unknownHash)]))],
      ['an unknown version', Buffer.concat([ours.subarray(0, 4), Buffer.from('020109', 'hex'), ours.subarray(7)])],
      ['an empty key', keyTransportRecipient({ encryptedKey: Buffer.alloc(0) })],
      ['a key that is too long', keyTransportRecipient({ encryptedKey: Buffer.alloc(3000) })],
    ])('%s: somebody else is passed over, a sole one refused', (_, stranger) => {
      const options = { forms: ['definite'], algorithm: cbcAlgorithm(iv) } as const;
      for (const recipients of [
        [stranger, ours],
        [ours, stranger],
        [stranger, ours, stranger],
      ]) {
        const envelope = parseEnvelope(contentInfo({ ...options, recipients }));
        expect([envelope.recipients.length, envelope.otherRecipientCount]).toEqual([1, recipients.length - 1]);
      }
      const alone = cmsErrorOf(() => parseEnvelope(contentInfo({ ...options, recipients: [stranger] })));
      expect(['CMS_MALFORMED', 'CMS_UNSUPPORTED']).toContain(alone.code);
    });
  });

  const rsa = '06092a864886f70d010101';
  const oaepOf = '06092a864886f70d010107';
  it.each([
    ['rsaEncryption with NULL', `${rsa}0500`, 'rsaes-pkcs1-v1_5'],
    ['rsaEncryption without NULL', rsa, 'rsaes-pkcs1-v1_5'],
    ['OAEP without parameters', oaepOf, 'rsaes-oaep'],
    ['OAEP with empty parameters', `${oaepOf}3000`, 'rsaes-oaep'],
  ])('reads %s (RFC 4055, 1.2 and 4.1)', (_, algorithm, scheme) => {
    const recipient = element(
      0x30,
      'definite',
      Buffer.from('020100', 'hex'),
      element(0x30, 'definite', testIssuer, Buffer.from('020109', 'hex')),
      element(0x30, 'definite', Buffer.from(algorithm, 'hex')),
      primitive(0x04, Buffer.alloc(256, 7)),
    );
    const envelope = parseEnvelope(
      contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv), recipients: [recipient] }),
    );
    expect(envelope.recipients.map(({ keyEncryption }) => keyEncryption.scheme)).toEqual([scheme]);
  });

  it('names AES-GCM inside EnvelopedData, and what is missing there', () => {
    const error = cmsErrorOf(() =>
      parseEnvelope(contentInfo({ forms: ['definite'], algorithm: gcmAlgorithm(iv.subarray(4), 16) })),
    );
    expect(error.code).toBe('CMS_UNSUPPORTED');
    expect(error.message).toContain('aes-256-gcm of enveloped-data');
    expect(error.message).toContain('AuthEnvelopedData');
  });

  it('passes over a line end behind the envelope', () => {
    const envelope = contentInfo({ forms: ['indefinite'], algorithm: cbcAlgorithm(iv) });
    for (const end of ['\n', '\r\n', ' \t\n', '\x1a'])
      expect(parseEnvelope(Buffer.concat([envelope, Buffer.from(end)]))).toEqual(parseEnvelope(envelope));
  });
});
