import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseCertificatePem } from '#certificates';
import { encryptAttached, encryptDetached, envelopeAtHead, parseEnvelope, readdressDetached } from '#cms';
import { archiveRewrapPath } from '#contracts';
import {
  archiveRewrapGrants,
  boundTo,
  certificateThumbprint,
  envelopeDigest,
  GrantSigner,
  type ArchiveRewrapGrantContent,
  type GrantContent,
} from '#grants';
import { recipients } from '#test/data-plane/judging-vault.js';
import { ClusterIdentities, WorkerUnderTest, type WorkerAnswer } from '#test/data-plane/worker-under-test.js';
import { ArchiveRewrapHandler } from './archive-rewrap.handler.js';

const owner = 'cc-1';
const plaintext = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(100_000)]);
const location = { storage: 'file', path: 'call.bin' };
const subject = { sub: 'anthony', contactCenter: owner, recording: 'R1', mediaFile: 'call.bin' };
const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=archive'];
const recipient = execFileSync('openssl', [...request, '-keyout', '/dev/null'], { encoding: 'utf8', stdio: 'pipe' });
const { fingerprint, serialNumberOctets } = parseCertificatePem(recipient)[0];

let identities: ClusterIdentities;
let worker: WorkerUnderTest;
let envelope: Buffer;
let ciphertext: Buffer;

beforeAll(async () => {
  identities = await ClusterIdentities.create();
  const encryption = encryptDetached({ recipients });
  encryption.ciphertext.end(plaintext);
  ({ envelope } = encryption);
  ciphertext = await buffer(encryption.ciphertext);
});
beforeEach(async () => {
  worker = await new WorkerUnderTest(identities, owner, { contactCenters: [owner] }).start();
});
afterEach(() => worker.stop());

const codeOf = ({ body }: WorkerAnswer): string => (JSON.parse(body.toString()) as { code: string }).code;

function rewrapGrant(digest: string, changes: Partial<ArchiveRewrapGrantContent> = {}): string {
  const signer = new GrantSigner({ current: identities.gateway }, archiveRewrapGrants);
  const cnf = boundTo(certificateThumbprint(Buffer.from('worker'))).cnf!;
  return signer.sign({
    ...{ ...subject, cnf, archive: randomUUID(), envelopeDigest: digest, recipient: fingerprint },
    ...changes,
  });
}

const playOf = (digest: string, changes: Partial<GrantContent> = {}): string =>
  worker.sign({ ...subject, location, purpose: 'play', layout: 'detached', envelopeDigest: digest, ...changes });

describe(ArchiveRewrapHandler.name, () => {
  it('opens a detached recording, and answers a recipient for the archive', async () => {
    worker.write('call.bin', ciphertext);
    const digest = envelopeDigest(envelope);
    const answer = await worker.post(archiveRewrapPath, {
      ...{ grant: playOf(digest), rewrapGrant: rewrapGrant(digest), recipient },
      envelope: envelope.toString('base64'),
    });
    const { recipientInfo } = JSON.parse(answer.body.toString()) as { recipientInfo: string };
    const readdressed = parseEnvelope(readdressDetached(envelope, Buffer.from(recipientInfo, 'base64')));
    expect(readdressed.recipients).toMatchObject([{ identifier: { serialNumber: serialNumberOctets } }]);
    expect(worker.vault.asked).toBe(1);
  });

  it('finds the envelope of an attached recording itself', async () => {
    const attached = await buffer(encryptAttached({ recipients, plaintext: Readable.from([plaintext]) }));
    worker.write('call.bin', attached);
    let head = 1;
    while (envelopeAtHead(attached.subarray(0, head), attached.length) === undefined) head++;
    const digest = envelopeDigest(attached.subarray(0, head));
    const grant = playOf(digest, { layout: 'attached' });
    const answer = await worker.post(archiveRewrapPath, { grant, rewrapGrant: rewrapGrant(digest), recipient });
    expect([answer.status, JSON.parse(answer.body.toString())]).toMatchObject([200, {}]);
  });

  it('has nothing rewrapped that does not open', async () => {
    worker.write('call.bin', randomBytes(ciphertext.length));
    const digest = envelopeDigest(envelope);
    const rewrap = jest.spyOn(worker.vault, 'rewrapForArchive');
    const answer = await worker.post(archiveRewrapPath, {
      ...{ grant: playOf(digest), rewrapGrant: rewrapGrant(digest), recipient },
      envelope: envelope.toString('base64'),
    });
    expect(codeOf(answer)).toBe('RCS_MEDIA_UNDECRYPTABLE');
    expect(rewrap).not.toHaveBeenCalled();
  });

  it.each<[string, object, Partial<GrantContent>, string]>([
    ['a grant to archive', {}, { purpose: 'archive' }, 'RCS_GRANT_REFUSED'],
    ['plain media', { envelope: undefined }, { layout: 'plain', envelopeDigest: undefined }, 'RCS_INVALID_VALUE'],
    ['no recipient', { recipient: undefined }, {}, 'RCS_INVALID_VALUE'],
    ['a grant of nobody', { rewrapGrant: 'nothing' }, {}, 'RCS_GRANT_REFUSED'],
    [
      'content whose tree did not come',
      {},
      { content: { length: 1, root: 'ab'.repeat(32) } },
      'RCS_CONTENT_TREE_NEEDED',
    ],
  ])('refuses %s', async (_, body, granted, code) => {
    worker.write('call.bin', granted.layout === 'plain' ? plaintext : ciphertext);
    const digest = envelopeDigest(envelope);
    const answer = await worker.post(archiveRewrapPath, {
      ...{ grant: playOf(digest, granted), rewrapGrant: rewrapGrant(digest), recipient },
      envelope: envelope.toString('base64'),
      ...body,
    });
    expect(codeOf(answer)).toBe(code);
  });
});
