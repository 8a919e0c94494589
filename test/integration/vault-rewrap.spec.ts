import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { parseCertificatePem, type CertificateInfo } from '#certificates';
import { encryptDetached, parseEnvelope } from '#cms';
import type { KeyEntry, RewrapOutcome } from '#contracts';
import { envelopesDigest, GrantSigner, rewrapGrants, vaultAudience, type RewrapGrant } from '#grants';
import { encryptToPublicKey, type KeyVaultEndpoint } from '#key-vault-client';
import { namedCertificate } from '../../libs/pkcs11/src/testing/named-certificate.js';
import { signedGrant } from '#test/vault/signed-grant.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';

jest.setTimeout(240_000);

const timeoutMs = 60_000;
const contactCenter = '9350';
let testBed: VaultTestBed;
let gateway: KeyVaultEndpoint;
let worker: KeyVaultEndpoint;
let signer: GrantSigner<RewrapGrant>;
let old: CertifiedKey;
let next: CertifiedKey;

interface CertifiedKey {
  readonly key: KeyEntry;
  readonly certificate: CertificateInfo;
}

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
  const vault = await testBed.startVault();
  gateway = await testBed.administrator(vault);
  worker = await testBed.connect(vault, 'decrypt-worker');
  signer = new GrantSigner({ current: await testBed.identity('playback-gateway') }, rewrapGrants);
  old = await certifiedKey('old', contactCenter);
  next = await certifiedKey('next', contactCenter);
});
afterAll(() => testBed?.clear());

async function certifiedKey(alias: string, owner: string): Promise<CertifiedKey> {
  const request = { contactCenter: owner, alias, modulusBits: 2048 };
  const { key } = await gateway.call('GenerateKeyPair', request, { timeoutMs });
  const name = { contactCenter: owner, keyIdentifier: key.keyIdentifier };
  const certified = await gateway.call(
    'CreateSelfSignedCertificate',
    { key: name, subject: { subject: `CN=${alias}` }, alias: '', validityDays: 30 },
    { timeoutMs },
  );
  return { key, certificate: parseCertificatePem(certified.key.certificate)[0] };
}

function envelopeFor({ certificate }: CertifiedKey): Buffer {
  const { issuerDer: issuer, serialNumberOctets: serialNumber, publicKey } = certificate;
  const identifier = { type: 'issuer-and-serial-number', issuer, serialNumber } as const;
  return encryptDetached({ recipients: [{ identifier, publicKey, keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' } }] })
    .envelope;
}

type Content = Omit<RewrapGrant, 'jti' | 'iat' | 'exp'>;

const contentFor = (envelopes: readonly Buffer[], changes: Partial<Content> = {}): Content => ({
  sub: 'alice',
  contactCenter,
  run: 'run-1',
  from: old.key.keyIdentifier,
  to: next.certificate.fingerprint,
  replace: false,
  envelopes: envelopesDigest(envelopes),
  ...changes,
});

async function rewrapped(envelopes: readonly Buffer[], changes: Partial<Content> = {}, pem = next.certificate.pem) {
  const grant = signer.sign(contentFor(envelopes, changes));
  const reply = await gateway.call('RewrapSessionKeys', { grant, envelopes, certificate: pem }, { timeoutMs });
  return reply.outcomes;
}

const serialsIn = ({ envelope }: RewrapOutcome): string[] =>
  parseEnvelope(Buffer.from(envelope)).recipients.map(({ identifier }) =>
    identifier.type === 'issuer-and-serial-number' ? identifier.serialNumber.toString('hex') : '',
  );
const serial = ({ certificate }: CertifiedKey): string => certificate.serialNumberOctets.toString('hex');

it('adds a recipient, or puts it in the place of the old one', async () => {
  const envelopes = [envelopeFor(old), envelopeFor(old)];
  const added = await rewrapped(envelopes);
  expect(added.map(serialsIn).map(serials => serials.sort())).toEqual(
    envelopes.map(() => [serial(old), serial(next)].sort()),
  );
  const replaced = await rewrapped(
    added.map(({ envelope }) => Buffer.from(envelope)),
    { replace: true },
  );
  expect(replaced.map(serialsIn)).toEqual(envelopes.map(() => [serial(next)]));
});

it('leaves alone what is as wanted, and says of each envelope what it lacks', async () => {
  const [done] = await rewrapped([envelopeFor(old)], { replace: true });
  const envelopes = [Buffer.from(done!.envelope), randomBytes(100), envelopeFor(old)];
  const outcomes = await rewrapped(envelopes);
  expect(outcomes.map(({ failure, envelope }) => failure?.code ?? envelope.length > 0)).toEqual([
    false,
    'RCS_ENVELOPE_UNREADABLE',
    true,
  ]);
});

it('never lets a second recipient that holds another session key stay alone', async () => {
  const [first] = await rewrapped([envelopeFor(old)]);
  const [second] = await rewrapped([envelopeFor(old)]);
  const own = parseEnvelope(Buffer.from(first!.envelope)).recipients;
  const other = parseEnvelope(Buffer.from(second!.envelope)).recipients;
  const keyOf = (recipients: typeof own): Buffer =>
    recipients.find(
      ({ identifier }) =>
        identifier.type === 'issuer-and-serial-number' && identifier.serialNumber.toString('hex') === serial(next),
    )!.encryptedKey;
  const exchanged = Buffer.from(first!.envelope);
  keyOf(other).copy(exchanged, exchanged.indexOf(keyOf(own)));
  const [outcome] = await rewrapped([exchanged], { replace: true });
  expect(outcome).toMatchObject({ failure: { code: 'RCS_ENVELOPE_CHANGED' } });
});

it.each<[string, () => Promise<unknown>]>([
  ['other envelopes than the grant names', () => rewrapped([envelopeFor(old)], { envelopes: 'ab'.repeat(32) })],
  ['another certificate than the grant names', () => rewrapped([envelopeFor(old)], {}, old.certificate.pem)],
  [
    'a grant of a worker',
    async () => {
      const envelopes = [envelopeFor(old)];
      const workerSigner = new GrantSigner({ current: await testBed.identity('decrypt-worker') }, rewrapGrants);
      const grant = workerSigner.sign(contentFor(envelopes));
      const request = { grant, envelopes, certificate: next.certificate.pem };
      return gateway.call('RewrapSessionKeys', request, { timeoutMs });
    },
  ],
  [
    'a grant that is over',
    async () => {
      const envelopes = [envelopeFor(old)];
      const now = Math.floor(Date.now() / 1000);
      const payload = { ...contentFor(envelopes), jti: 'x', aud: vaultAudience(), iat: now - 90, exp: now - 60 };
      const header = { typ: 'rcs-rewrap-grant+jws' };
      const grant = signedGrant(await testBed.identity('playback-gateway'), payload, header);
      const request = { grant, envelopes, certificate: next.certificate.pem };
      return gateway.call('RewrapSessionKeys', request, { timeoutMs });
    },
  ],
  [
    'a grant that was used before',
    async () => {
      const envelopes = [envelopeFor(old)];
      const request = { grant: signer.sign(contentFor(envelopes)), envelopes, certificate: next.certificate.pem };
      await gateway.call('RewrapSessionKeys', request, { timeoutMs });
      return gateway.call('RewrapSessionKeys', request, { timeoutMs });
    },
  ],
  [
    'a grant to play',
    async () => {
      const envelopes = [envelopeFor(old)];
      const now = Math.floor(Date.now() / 1000);
      const payload = { ...contentFor(envelopes), jti: 'x', aud: vaultAudience(), iat: now, exp: now + 30 };
      const grant = signedGrant(await testBed.identity('playback-gateway'), payload);
      const request = { grant, envelopes, certificate: next.certificate.pem };
      return gateway.call('RewrapSessionKeys', request, { timeoutMs });
    },
  ],
])('refuses %s', async (_, attempt) => {
  await expect(attempt()).rejects.toMatchObject({ code: 'RCS_GRANT_REFUSED' });
});

it('is for gateways alone, and knows no keys of other contact centers', async () => {
  const envelopes = [envelopeFor(old)];
  const grant = signer.sign(contentFor(envelopes));
  const asWorker = worker.call(
    'RewrapSessionKeys',
    { grant, envelopes, certificate: next.certificate.pem },
    { timeoutMs },
  );
  await expect(asWorker).rejects.toMatchObject({ code: 'RCS_CALLER_NOT_ALLOWED' });
  const foreign = await certifiedKey('foreign', '9351');
  const toForeign = rewrapped(envelopes, { to: foreign.certificate.fingerprint }, foreign.certificate.pem);
  await expect(toForeign).rejects.toMatchObject({ code: 'RCS_KEY_NOT_FOUND' });
  const [fromForeign] = await rewrapped([envelopeFor(foreign)], { from: foreign.key.keyIdentifier });
  expect(fromForeign).toMatchObject({ failure: { code: 'RCS_KEY_NOT_FOUND' } });
});

describe('a name that fits several keys', () => {
  let rival: CertifiedKey;

  /** A key of the contact center whose certificate has issuer and serial number of the old one. */
  beforeAll(async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { issuerDer: issuer, serialNumberOctets: serialNumber } = old.certificate;
    const der = namedCertificate({ issuer, serialNumber, publicKey, signer: privateKey });
    const pem = new X509Certificate(der).toString();
    const { publicKey: importKey } = await gateway.call('GetImportKey', {}, { timeoutMs });
    const jwe = await encryptToPublicKey(importKey, privateKey.export({ format: 'der', type: 'pkcs8' }));
    const request = { contactCenter, alias: 'rival', certificate: pem, jwe };
    const { key } = await gateway.call('ImportKey', request, { timeoutMs });
    rival = { key, certificate: parseCertificatePem(pem)[0] };
  });

  it.each(['add', 'replace'])('is left alone, whichever key the run is from (%s)', async mode => {
    const envelopes = [envelopeFor(old), envelopeFor(rival)];
    for (const { key } of [old, rival]) {
      const outcomes = await rewrapped(envelopes, { from: key.keyIdentifier, replace: mode === 'replace' });
      expect(outcomes.map(({ failure, envelope }) => [failure?.code, envelope.length])).toEqual([
        ['RCS_KEY_AMBIGUOUS', 0],
        ['RCS_KEY_AMBIGUOUS', 0],
      ]);
    }
  });

  it('hinders no recipient that names the key itself', async () => {
    const { publicKey, keyIdentifier } = old.certificate;
    const identifier = { type: 'subject-key-identifier', keyIdentifier } as const;
    const { envelope } = encryptDetached({
      recipients: [{ identifier, publicKey, keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' } }],
    });
    const [outcome] = await rewrapped([envelope]);
    expect(parseEnvelope(Buffer.from(outcome!.envelope)).recipients).toHaveLength(2);
  });

  it('is proved by the new recipient where it holds the same session key', async () => {
    const [issuer, serialNumber] = [next.certificate.issuerDer, next.certificate.serialNumberOctets];
    const recipient = ({ certificate }: CertifiedKey) => ({
      identifier: {
        type: 'issuer-and-serial-number' as const,
        issuer: certificate.issuerDer,
        serialNumber: certificate.serialNumberOctets,
      },
      publicKey: certificate.publicKey,
      keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' as const },
    });
    const { envelope } = encryptDetached({ recipients: [recipient(old), recipient(next)] });
    const [outcome] = await rewrapped([envelope], { replace: true });
    const { recipients } = parseEnvelope(Buffer.from(outcome!.envelope));
    expect(recipients.map(({ identifier }) => identifier)).toEqual([
      { type: 'issuer-and-serial-number', issuer, serialNumber },
    ]);
    const [wrong] = await rewrapped([envelope], { replace: true, from: rival.key.keyIdentifier });
    expect(wrong).toMatchObject({ failure: { code: 'RCS_KEY_AMBIGUOUS' } });
  });
});
