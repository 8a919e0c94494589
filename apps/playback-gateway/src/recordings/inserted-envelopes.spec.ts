import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCertificatePem } from '#certificates';
import { RcsError } from '#platform';
import type { MediaFile, Recording, RecordingCertificate } from '#store';
import type { VaultKeys } from '../vaults/vault-keys.js';
import { InsertedEnvelopes } from './inserted-envelopes.js';

const work = mkdtempSync(join(tmpdir(), 'rcs-inserted-envelopes-'));
const file = (fields: Partial<MediaFile>): MediaFile => ({
  mediaId: 'call.mp3',
  type: 'audio/mp3',
  leaf: 'x.mp3',
  mediaDescriptor: { storage: 'webDAV', path: 'x' },
  ...fields,
});
const recording = (...mediaFiles: MediaFile[]): Recording => ({
  id: 'R1',
  contactCenter: 'cc-1',
  region: 'default',
  mediaFiles,
});

const certificate = (name: string): string => {
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    '/dev/null',
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
  ];
  return execFileSync('openssl', made, { stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000 }).toString();
};

describe(InsertedEnvelopes.name, () => {
  let pem = '';
  let foreignPem = '';
  const logged: unknown[] = [];

  beforeAll(() => {
    [pem, foreignPem] = [certificate('tenant'), certificate('somebody else')];
  });
  beforeEach(() => logged.splice(0));
  afterAll(() => rmSync(work, { recursive: true }));

  const noKeys = { list: () => Promise.resolve([]) };
  const envelopes = (unknownRecipients: 'warn' | 'refuse' = 'warn', keys: Pick<VaultKeys, 'list'> = noKeys) => {
    const fingerprint = parseCertificatePem(pem)[0].fingerprint;
    const stored = { alias: 'tenant', certificate: pem, chain: '', fingerprint };
    return new InsertedEnvelopes(
      { list: contactCenter => Promise.resolve(contactCenter === 'cc-1' ? [stored as RecordingCertificate] : []) },
      keys,
      { recordingCertificates: { unknownRecipients } },
      { warn: (fields: unknown) => void logged.push(fields) },
    );
  };
  const envelopeFor = (certificatePem: string): string => {
    const recipient = join(work, 'recipient.pem');
    writeFileSync(recipient, certificatePem);
    const options = ['cms', '-encrypt', '-binary', '-aes256', '-outform', 'DER', recipient];
    const attached = execFileSync('openssl', options, { input: 'media', timeout: 60_000 });
    // Without its content, which is one block.
    return attached.subarray(0, attached.length - 16).toString('base64');
  };

  it('takes an envelope for a certificate of the contact center, and plain media, without a word', async () => {
    const mine = recording(file({ pkcs7: envelopeFor(pem) }), file({ mediaId: 'plain' }));
    expect(await envelopes('refuse').check(mine, 'r')).toEqual([]);
    expect(logged).toEqual([]);
  });

  it('takes one for nobody here with a warning, and refuses it where that is configured', async () => {
    const foreign = recording(file({}), file({ mediaId: 'b', pkcs7: envelopeFor(foreignPem) }));
    expect(await envelopes().check(foreign, 'r')).toEqual([
      expect.stringContaining('mediaFiles.1.pkcs7: no recipient of the envelope is a certificate'),
    ]);
    expect(logged).toEqual([expect.objectContaining({ requestId: 'r', recording: 'R1', field: 'mediaFiles.1.pkcs7' })]);
    await expect(envelopes('refuse').check(foreign, 'r')).rejects.toMatchObject({
      code: 'RCS_INVALID_VALUE',
      publicDetail: expect.stringContaining('mediaFiles.1.pkcs7: no recipient'),
    });
  });

  it('says the same again of a recording that is taken, and refuses it nothing', async () => {
    const foreign = recording(file({ pkcs7: envelopeFor(foreignPem) }));
    const warning = expect.stringContaining('mediaFiles.0.pkcs7: no recipient of the envelope is a certificate');
    expect(await envelopes().checkAgain(foreign, 'r')).toEqual([warning]);
    expect(await envelopes('refuse').checkAgain(foreign, 'r')).toEqual([warning]);
    expect(await envelopes('refuse').checkAgain(recording(file({ pkcs7: 'AAAA' })), 'r')).toHaveLength(1);
    expect(await envelopes('refuse').checkAgain(recording(file({ pkcs7: envelopeFor(pem) })), 'r')).toEqual([]);
  });

  it('knows a certificate that only a token of the contact center has, until somebody lists it', async () => {
    const entry = { alias: 'imported', certificate: foreignPem };
    const list = jest.fn((contactCenter: string) => Promise.resolve(contactCenter === 'cc-1' ? [entry] : []));
    const keys = { list: list as unknown as VaultKeys['list'] };
    const mine = recording(file({ pkcs7: envelopeFor(foreignPem) }));
    expect(await envelopes('refuse', keys).check(mine, 'r')).toEqual([]);
    const elsewhere = { ...mine, contactCenter: 'cc-2' };
    await expect(envelopes('refuse', keys).check(elsewhere, 'r')).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
    list.mockClear();
    await envelopes('refuse', keys).check(recording(file({ pkcs7: envelopeFor(pem) })), 'r');
    expect(list).not.toHaveBeenCalled();
  });

  it('refuses nothing for good while no vault says what is in the tokens', async () => {
    const away = { list: () => Promise.reject(new RcsError('RCS_VAULT_UNAVAILABLE')) };
    const foreign = recording(file({ pkcs7: envelopeFor(foreignPem) }));
    await expect(envelopes('refuse', away).check(foreign, 'r')).rejects.toMatchObject({
      code: 'RCS_VAULT_UNAVAILABLE',
    });
    expect(await envelopes('warn', away).check(foreign, 'r')).toHaveLength(1);
  });

  it('knows nobody of another contact center', async () => {
    const elsewhere = { ...recording(file({ pkcs7: envelopeFor(pem) })), contactCenter: 'cc-2' };
    await expect(envelopes('refuse').check(elsewhere, 'r')).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
  });

  it.each([
    ['three bytes', () => 'AAAA'],
    ['half an envelope', () => envelopeFor(pem).slice(0, 100)],
    ['text', () => Buffer.from('hello, this is no envelope').toString('base64')],
    ['JSON of something else', () => Buffer.from('{"a":1}').toString('base64')],
    ['a certificate', () => Buffer.from(pem).toString('base64')],
  ])('refuses a pkcs7 that is %s, and names the field', async (_, pkcs7) => {
    await expect(envelopes().check(recording(file({ pkcs7: pkcs7() })), 'r')).rejects.toMatchObject({
      code: 'RCS_INVALID_VALUE',
      publicDetail: expect.stringContaining('mediaFiles.0.pkcs7: must be a CMS envelope'),
    });
  });

  it('takes details of Twilio that it cannot read, and says so', async () => {
    const broken = recording(file({ additional: { encryption_details: 'rsa-aes' } }));
    expect(await envelopes().check(broken, 'r')).toEqual([
      expect.stringMatching(/^mediaFiles\.0\.encryption_details: .*read/),
    ]);
  });
});
