import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseCertificatePem } from '#certificates';
import { attachedLength, encryptAttached, encryptDetached, parseEnvelope } from '#cms';
import { archivePath, contentTreePath, inspectPath, mediaPath, peaksPath, removePath } from '#contracts';
import { envelopeDigest, type GrantContent, type PlaybackGrant } from '#grants';
import { ContentTreeBuilder } from '#media-storage';
import { recipients } from '#test/data-plane/judging-vault.js';
import {
  ClusterIdentities,
  transports,
  WorkerUnderTest,
  type WorkerAnswer,
} from '#test/data-plane/worker-under-test.js';
import { ArchiveHandler } from './archive.handler.js';
import type { DataPlaneResponse } from './data-plane-exchange.js';
import { OwnProcessResponse } from './own-process-response.js';

const owner = 'cc-1';
const plaintext = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(200_000)]);
const location = { storage: 'file', path: 'call.bin' };
const subject = { sub: 'anthony', contactCenter: owner, recording: 'R1', mediaFile: 'call.bin', location };
const archive = { ...subject, purpose: 'archive' as const };

let identities: ClusterIdentities;
let ciphertext: Buffer;
let attached: Buffer;
let detachedGrant: GrantContent;
let attachedGrant: GrantContent;
let workers: WorkerUnderTest[] = [];

beforeAll(async () => {
  identities = await ClusterIdentities.create();
  const encryption = encryptDetached({ recipients });
  encryption.ciphertext.end(plaintext);
  ciphertext = await buffer(encryption.ciphertext);
  attached = await buffer(encryptAttached({ recipients, plaintext: Readable.from([plaintext]) }));
  detachedGrant = { ...archive, layout: 'detached', envelopeDigest: envelopeDigest(encryption.envelope) };
  attachedGrant = { ...archive, layout: 'attached', envelopeDigest: digestOfHead(attached) };
});

afterEach(async () => {
  await Promise.all(workers.map(worker => worker.stop()));
  workers = [];
});

/** Of the envelope at the beginning of a file. */
function headLength(file: Buffer): number {
  for (let end = 1; ; end++) {
    try {
      parseEnvelope(file.subarray(0, end));
      return end;
    } catch {
      if (end > 4096) throw new Error('no envelope at the beginning');
    }
  }
}

const digestOfHead = (file: Buffer): string => envelopeDigest(file.subarray(0, headLength(file)));

/** A certificate that OpenSSL made, in PEM. */
function certificateOf(name: string): string {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/CN=${name}`];
  return execFileSync('openssl', [...request, '-keyout', '/dev/null'], { encoding: 'utf8', stdio: 'pipe' });
}

const codeOf = ({ body }: WorkerAnswer): string => (JSON.parse(body.toString()) as { code: string }).code;
const treeOf = (content: Buffer) => {
  const builder = new ContentTreeBuilder();
  builder.update(content);
  const { root, leaves } = builder.finish();
  return { content: { length: content.length, root }, contentTree: leaves.toString('base64') };
};

describe.each(transports)(`${ArchiveHandler.name} over %s`, transport => {
  async function workerWith(content: Buffer): Promise<WorkerUnderTest> {
    const worker = await new WorkerUnderTest(identities, owner, { contactCenters: [owner] }, transport).start();
    workers.push(worker);
    worker.write('call.bin', content);
    return worker;
  }

  it('gives the ciphertext of a detached recording as it lies there, and asks no vault', async () => {
    const worker = await workerWith(ciphertext);
    const answer = await worker.post(archivePath, { grant: worker.sign(detachedGrant) });
    expect([answer.status, answer.aborted]).toEqual([200, false]);
    expect(answer.body.equals(ciphertext)).toBe(true);
    expect(answer.headers['content-length']).toBe(String(ciphertext.length));
    expect(worker.vault.asked).toBe(0);
  });

  it('gives an attached file as it is, and what is in the PEM around one', async () => {
    const lines = attached.toString('base64').replace(/.{64}/g, '$&\n');
    const pem = Buffer.from(`-----BEGIN PKCS7-----\n${lines}\n-----END PKCS7-----\n`);
    for (const file of [attached, pem]) {
      const worker = await workerWith(file);
      const answer = await worker.post(archivePath, { grant: worker.sign(attachedGrant) });
      expect(answer.body.equals(attached)).toBe(true);
    }
  });

  it('goes on where another worker stopped, with the same file alone', async () => {
    const worker = await workerWith(ciphertext);
    const whole = await worker.post(archivePath, { grant: worker.sign(detachedGrant) });
    const entityTag = String(whole.headers['etag']);
    const ask = (resume: object) => worker.post(archivePath, { grant: worker.sign(detachedGrant), resume });
    const rest = await ask({ entityTag, offset: 100_001 });
    expect(rest.body.equals(ciphertext.subarray(100_001))).toBe(true);
    expect((await ask({ entityTag, offset: ciphertext.length })).body).toHaveLength(0);
    expect(codeOf(await ask({ entityTag: '"other"', offset: 1 }))).toBe('RCS_STORAGE_CHANGED');
    expect(codeOf(await ask({ entityTag, offset: ciphertext.length + 1 }))).toBe('RCS_STORAGE_CHANGED');
  });

  it('checks every byte against the content tree: what was changed is never the end of a whole answer', async () => {
    const tree = treeOf(ciphertext);
    const changed = Buffer.from(ciphertext);
    changed[changed.length - 5]! ^= 1;
    const worker = await workerWith(changed);
    const grant = worker.sign({ ...detachedGrant, content: tree.content });
    expect(codeOf(await worker.post(archivePath, { grant }))).toBe('RCS_CONTENT_TREE_NEEDED');
    const answer = await worker.post(archivePath, { grant, contentTree: tree.contentTree });
    expect(answer.aborted).toBe(true);
    const short = worker.sign({ ...detachedGrant, content: { length: ciphertext.length - 16 } });
    expect(codeOf(await worker.post(archivePath, { grant: short }))).toBe('RCS_CONTENT_CHANGED');
  });

  it('opens no other door, and no other grant opens this one', async () => {
    const worker = await workerWith(ciphertext);
    for (const purpose of ['play', 'inspect', 'remove'] as const) {
      const grant = worker.sign({ ...detachedGrant, purpose });
      expect(codeOf(await worker.post(archivePath, { grant }))).toBe('RCS_GRANT_REFUSED');
    }
    const grant = worker.sign(detachedGrant);
    for (const path of [mediaPath, peaksPath, inspectPath, contentTreePath, removePath]) {
      const media = path === mediaPath ? { method: 'GET', contentType: 'audio/mpeg' } : {};
      const answer = await worker.post(path, { grant, ...media });
      expect([path, answer.status === 200 ? 'answered' : codeOf(answer)]).toEqual([path, 'RCS_GRANT_REFUSED']);
    }
    const foreign = worker.sign({ ...detachedGrant, contactCenter: 'cc-2' });
    expect(codeOf(await worker.post(archivePath, { grant: foreign }))).toBe('RCS_MEDIA_LOCATION_REFUSED');
    expect(worker.vault.asked).toBe(0);
  });

  it('gives plain media encrypted for the certificate of the grant, and never as they are', async () => {
    const [certificate, other] = [certificateOf('archive'), certificateOf('other')];
    const [{ der, issuerDer: issuer, serialNumberOctets: serialNumber, publicKey }] = parseCertificatePem(certificate);
    const digest = createHash('sha256').update(der).digest('hex');
    const worker = await workerWith(plaintext);
    const plain = { ...archive, layout: 'plain' as const };
    const refusals = [
      { grant: worker.sign(plain) },
      { grant: worker.sign(plain), recipient: certificate },
      { grant: worker.sign({ ...plain, recipient: digest }) },
      { grant: worker.sign({ ...plain, recipient: digest }), recipient: other },
    ];
    for (const body of refusals) expect(codeOf(await worker.post(archivePath, body))).toBe('RCS_GRANT_REFUSED');
    const body = { grant: worker.sign({ ...plain, recipient: digest }), recipient: certificate };
    const answer = await worker.post(archivePath, body);
    expect(answer.body.includes(plaintext.subarray(0, 64))).toBe(false);
    const identifier = { type: 'issuer-and-serial-number', issuer, serialNumber } as const;
    expect(parseEnvelope(answer.body.subarray(0, headLength(answer.body))).recipients[0]).toMatchObject({ identifier });
    const recipient = { identifier, publicKey, keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' } } as const;
    expect(answer.body).toHaveLength(attachedLength({ recipients: [recipient] }, plaintext.length));
  });
});

describe('the memory of what an archive is sent', () => {
  const pieceBytes = 64 * 1024;
  const pieces = 4;
  let givenBack: number[];

  function answerTo(response: DataPlaneResponse): Promise<void> {
    givenBack = [];
    const content = Array.from({ length: pieces }, (_, index) =>
      Object.assign(Buffer.alloc(pieceBytes), { [Symbol.dispose]: () => void givenBack.push(index) }),
    );
    const stream = (): Readable => Readable.from(content, { objectMode: false });
    const file = { length: pieces * pieceBytes, entityTag: '"1"', stream };
    const grants = { verify: (jws: string) => JSON.parse(jws) as PlaybackGrant };
    const handler = new ArchiveHandler(grants, { open: () => Promise.resolve(file) }, 30_000);
    const { signal } = new AbortController();
    return handler.handle({ grant: JSON.stringify(archive) }, { requestId: 'one', signal, response });
  }

  it('is given back when it has left', async () => {
    let answered = Promise.resolve();
    const server = createServer((_, response) => {
      answered = answerTo(response);
    });
    try {
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
      const [answer] = (await once(request, 'response')) as [Readable];
      expect(await buffer(answer)).toHaveLength(pieces * pieceBytes);
      await answered;
      expect(givenBack).toEqual([0, 1, 2, 3]);
    } finally {
      server.close();
    }
  });

  it('stays where a caller in this process has it', async () => {
    const response = new OwnProcessResponse();
    const answered = answerTo(response);
    expect(await buffer(response)).toHaveLength(pieces * pieceBytes);
    await answered;
    expect(givenBack).toEqual([]);
  });
});
