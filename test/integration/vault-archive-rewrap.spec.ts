import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCertificatePem } from '#certificates';
import { parseEnvelope, readdressDetached } from '#cms';
import type { KeyEntry } from '#contracts';
import {
  archiveRewrapGrants,
  boundTo,
  certificateThumbprint,
  envelopeDigest,
  GrantSigner,
  playbackGrants,
  type ArchiveRewrapGrantContent,
} from '#grants';
import type { KeyVaultEndpoint } from '#key-vault-client';
import type { InternalIdentity } from '#platform';
import { decryptSessionKey } from '../../libs/cms/src/testing/openssl.js';
import { recordCall, type RecordedCall } from '#test/vault/recorded-call.js';
import type { RunningVault } from '#test/vault/running-vault.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';

jest.setTimeout(240_000);

const timeoutMs = 60_000;
const contactCenter = '9350';
const neighbour = '9352';

interface Recipient {
  readonly pem: string;
  readonly fingerprint: string;
  readonly privateKey: KeyObject;
}

let testBed: VaultTestBed;
let vault: RunningVault;
let gateway: KeyVaultEndpoint;
let worker: KeyVaultEndpoint;
let key: KeyEntry;
let legal: Recipient;
let stranger: Recipient;

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
  [legal, stranger] = [recipientOf('legal'), recipientOf('stranger')];
  const certificateFiles = [join(testBed.directory, 'legal.pem')];
  vault = await testBed.startVault({
    archiveRecipients: [contactCenter, neighbour].map(owner => ({ contactCenter: owner, certificateFiles })),
  });
  const administrator = await testBed.administrator(vault);
  gateway = await testBed.connect(vault, 'playback-gateway');
  worker = await testBed.connect(vault, 'decrypt-worker');
  const wanted = { contactCenter, alias: 'own', modulusBits: 2048 };
  ({ key } = await administrator.call('GenerateKeyPair', wanted, { timeoutMs }));
});
afterAll(() => testBed?.clear());

function recipientOf(name: string): Recipient {
  const file = (extension: string): string => join(testBed.directory, `${name}.${extension}`);
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/CN=${name}`];
  execFileSync('openssl', [...request, '-keyout', file('key'), '-out', file('pem')], { stdio: 'pipe' });
  const pem = readFileSync(file('pem'), 'utf8');
  const { fingerprint } = parseCertificatePem(pem)[0];
  return { pem, fingerprint, privateKey: createPrivateKey(readFileSync(file('key'))) };
}

interface Attempt {
  readonly call?: RecordedCall;
  readonly changes?: Partial<ArchiveRewrapGrantContent>;
  readonly certificate?: string;
  readonly keyIdentifier?: string;
  readonly envelope?: Buffer;
  readonly signer?: InternalIdentity;
  /** Whom the grant names. */
  readonly holder?: InternalIdentity;
  readonly caller?: KeyVaultEndpoint;
  readonly grant?: string;
}

async function grantOf({ call = recordCall(key), changes = {}, signer, holder }: Attempt): Promise<string> {
  const { certificatePem } = holder ?? (await testBed.identity('decrypt-worker'));
  const { cnf } = boundTo(certificateThumbprint(new X509Certificate(certificatePem).raw));
  const current = signer ?? (await testBed.identity('playback-gateway'));
  return new GrantSigner({ current }, archiveRewrapGrants).sign({
    sub: 'alice',
    contactCenter,
    cnf: cnf!,
    archive: randomUUID(),
    recording: call.grant.recording,
    mediaFile: call.grant.mediaFile,
    envelopeDigest: envelopeDigest(call.envelope),
    recipient: legal.fingerprint,
    ...changes,
  });
}

async function rewrapped(attempt: Attempt = {}): Promise<Buffer> {
  const call = attempt.call ?? recordCall(key);
  const grant = attempt.grant ?? (await grantOf({ ...attempt, call }));
  const request = {
    grant,
    envelope: attempt.envelope ?? call.envelope,
    certificate: attempt.certificate ?? legal.pem,
    keyIdentifier: attempt.keyIdentifier ?? key.keyIdentifier,
  };
  const { recipientInfo } = await (attempt.caller ?? worker).call('RewrapForArchive', request, { timeoutMs });
  return Buffer.from(recipientInfo);
}

it('encrypts the session key for the recipient that the configuration names, and writes that down before', async () => {
  const call = recordCall(key);
  const archive = randomUUID();
  const info = await rewrapped({ call, changes: { archive } });
  const { recipients, version } = parseEnvelope(readdressDetached(call.envelope, info));
  expect([version, recipients.length]).toEqual([0, 1]);
  expect(decryptSessionKey(recipients[0]!, legal.privateKey).equals(call.sessionKey)).toBe(true);
  expect(vault.keyUses().find(({ run }) => run === archive)).toMatchObject({
    event: 'key-use',
    operation: 'archive-rewrap',
    caller: 'decrypt-worker',
    keys: [{ contactCenter, keyIdentifier: key.keyIdentifier }],
    user: 'alice',
    contactCenter,
    recording: call.grant.recording,
    mediaFile: call.grant.mediaFile,
    to: legal.fingerprint,
    envelopeDigest: envelopeDigest(call.envelope),
  });
});

it.each<[string, () => Promise<unknown>, string]>([
  [
    'a certificate that the configuration does not name',
    () => rewrapped({ certificate: stranger.pem, changes: { recipient: stranger.fingerprint } }),
    'RCS_ARCHIVE_RECIPIENT_REFUSED',
  ],
  [
    'one that it names for another contact center',
    () => rewrapped({ changes: { contactCenter: '9351' } }),
    'RCS_ARCHIVE_RECIPIENT_REFUSED',
  ],
  [
    'a grant for another recipient',
    () => rewrapped({ changes: { recipient: stranger.fingerprint } }),
    'RCS_GRANT_REFUSED',
  ],
  [
    'the envelope of another recording',
    () => rewrapped({ envelope: recordCall(key, contactCenter, 'call-2').envelope }),
    'RCS_GRANT_REFUSED',
  ],
  [
    'a worker that has the grant of another one',
    async () => rewrapped({ holder: await testBed.authority.issue('decrypt-worker') }),
    'RCS_GRANT_REFUSED',
  ],
  [
    'a grant that a worker signed for itself',
    async () => rewrapped({ signer: await testBed.identity('decrypt-worker') }),
    'RCS_GRANT_REFUSED',
  ],
  [
    'a key of another contact center, even where that has the same recipient',
    () => rewrapped({ changes: { contactCenter: neighbour } }),
    'RCS_KEY_NOT_FOUND',
  ],
  ['a gateway without a worker', () => rewrapped({ caller: gateway }), 'RCS_CALLER_NOT_ALLOWED'],
  ['a key that is no recipient', () => rewrapped({ keyIdentifier: 'ab'.repeat(20) }), 'RCS_KEY_NOT_FOUND'],
  [
    'a grant to play',
    async () => {
      const call = recordCall(key);
      const signer = new GrantSigner({ current: await testBed.identity('playback-gateway') }, playbackGrants);
      return rewrapped({ call, grant: signer.sign(call.grant) });
    },
    'RCS_GRANT_REFUSED',
  ],
])('refuses %s', async (_, attempt, code) => {
  await expect(attempt()).rejects.toMatchObject({ code });
});

it('takes each grant once', async () => {
  const call = recordCall(key);
  const grant = await grantOf({ call });
  await rewrapped({ call, grant });
  await expect(rewrapped({ call, grant })).rejects.toMatchObject({ code: 'RCS_GRANT_REFUSED' });
});

it('opens no envelope with a grant for an archive', async () => {
  const call = recordCall(key);
  const request = { grant: await grantOf({ call }), envelope: call.envelope, transportKeyId: 'none', tried: [] };
  await expect(worker.call('UnwrapSessionKey', request, { timeoutMs })).rejects.toMatchObject({
    code: expect.stringMatching(/^RCS_(?:GRANT_REFUSED|TRANSPORT_KEY_UNKNOWN)$/) as string,
  });
});

it('says to gateways alone beforehand for whom archives may be made', async () => {
  const check = (certificate: string, owner = contactCenter, caller = gateway) =>
    caller.call('CheckArchiveRecipient', { contactCenter: owner, certificate }, { timeoutMs });
  await check(legal.pem);
  await expect(check(stranger.pem)).rejects.toMatchObject({ code: 'RCS_ARCHIVE_RECIPIENT_REFUSED' });
  await expect(check(legal.pem, '9351')).rejects.toMatchObject({ code: 'RCS_ARCHIVE_RECIPIENT_REFUSED' });
  await expect(check('nothing')).rejects.toMatchObject({ code: 'RCS_KEY_REFUSED' });
  await expect(check(legal.pem, contactCenter, worker)).rejects.toMatchObject({ code: 'RCS_CALLER_NOT_ALLOWED' });
});
