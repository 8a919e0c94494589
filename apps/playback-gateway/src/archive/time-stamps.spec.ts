import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyTimeStamp, type TimeStampState } from '#archive';
import type { KeyVaultClient } from '#key-vault-client';
import { configurationSchema, type LiveIdentity, type Logger } from '#platform';
import { MadeAuthority } from '#test/openssl/made-authority.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { StampingAuthority } from '#test/time-stamps/stamping-authority.js';
import type { AuditProofs } from '../audit/audit-proofs.js';
import type { ArchiveProofs } from './archive-proofs.js';
import { ArchiveSeals } from './archive-seals.js';
import { TimeStamps } from './time-stamps.js';

const stamped = Buffer.from('a signature');
const never = new AbortController().signal;
const silentLogger = { warn: () => undefined } as unknown as Logger;
const openssl = new OpenSsl();
const made = new MadeAuthority(openssl);
const file = (name: string): string => join(openssl.directory, name);
let authority: StampingAuthority;
let url: string;

beforeAll(async () => {
  made.authority('root');
  made.authority('stranger');
  const extensions = ['extendedKeyUsage=critical,timeStamping'];
  made.certificate({ name: 'stamper', issuer: 'root', extensions });
  authority = new StampingAuthority({ certificate: file('stamper.pem'), key: file('stamper.key') });
  url = await authority.listen();
});
beforeEach(() => {
  authority.asked = 0;
  authority.instead = undefined;
});
afterAll(() => {
  authority.close();
  openssl.remove();
});

function stampsWith(more: object = {}): TimeStamps {
  const timeStamp = { url, rootCaFile: file('root.pem'), timeoutMs: 300, ...more };
  const stamps = new TimeStamps(configurationSchema().parse({ archives: { timeStamp } }), silentLogger);
  return Object.assign(stamps, { pauseMs: 1 });
}

describe(TimeStamps.name, () => {
  it('gives a stamp that OpenSSL made and that is checked', async () => {
    const response = await stampsWith({ timeoutMs: 10_000 }).of(stamped, never);
    expect(verifyTimeStamp(response!, { stamped, authorities: [made.get('root')] }).authority).toBe('CN=stamper');
    expect(authority.asked).toBe(1);
  });

  it.each<[string, StampingAuthority['instead']]>([
    ['that is busy', response => response.writeHead(503).end()],
    ['that sends elsewhere', response => response.writeHead(302, { location: url }).end()],
    ['that answers nonsense', response => response.end('<html></html>')],
    ['that answers without an end', response => response.end(Buffer.alloc(10_000_000))],
    ['that does not answer', () => undefined],
    ['that closes', response => response.destroy()],
  ])('asks an authority %s three times, and goes without', async (_, instead) => {
    authority.instead = instead;
    expect(await stampsWith().of(stamped, never)).toBeUndefined();
    expect(authority.asked).toBe(3);
    await expect(stampsWith({ required: true }).of(stamped, never)).rejects.toMatchObject({
      code: 'RCS_TIME_STAMP_UNAVAILABLE',
    });
  });

  it('takes no answer to another request, and none of an authority that nobody trusted vouches for', async () => {
    const stamps = stampsWith({ timeoutMs: 10_000 });
    const other = (await stamps.of(stamped, never))!;
    authority.instead = response => response.end(other);
    expect(await stamps.of(stamped, never)).toBeUndefined();
    authority.instead = undefined;
    expect(
      await stampsWith({ timeoutMs: 10_000, rootCaFile: file('stranger.pem') }).of(stamped, never),
    ).toBeUndefined();
  });

  it('ends with whoever waits for it', async () => {
    authority.instead = () => undefined;
    const controller = new AbortController();
    const waiting = stampsWith({ timeoutMs: 60_000 }).of(stamped, controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(waiting).rejects.toThrow('aborted');
  });

  it('is not made of a file without authorities, and does nothing where nothing is configured', async () => {
    expect(() => stampsWith({ rootCaFile: file('nowhere.pem') })).toThrow('archives.timeStamp.rootCaFile');
    writeFileSync(file('empty.pem'), '');
    expect(() => stampsWith({ rootCaFile: file('empty.pem') })).toThrow('archives.timeStamp.rootCaFile');
    const none = new TimeStamps(configurationSchema().parse({}), silentLogger);
    expect([none.isConfigured, await none.of(stamped, never)]).toEqual([false, undefined]);
  });
});

describe(ArchiveSeals.name, () => {
  /** A vault that signs whatever it gets. */
  const sealed = (stamp: Buffer | undefined, isConfigured = true) => {
    let calls = 0;
    const call = () => Promise.resolve({ signature: Buffer.from(`signature ${++calls}`) });
    const vaults = { anyVault: (_: number, act: (vault: unknown) => unknown) => act({ call }) };
    const stamps = { isConfigured, of: () => Promise.resolve(stamp) };
    const seals = new ArchiveSeals(
      {} as LiveIdentity,
      vaults as unknown as KeyVaultClient,
      {} as AuditProofs,
      stamps as unknown as TimeStamps,
      {} as ArchiveProofs,
    );
    Object.assign(seals, { signer: { sign: () => 'grant' } });
    const archive = { id: 'a', contactCenter: 'cc-1', userName: 'alice' };
    const manifestWith = (state: TimeStampState | undefined) => Buffer.from(state ?? 'unwanted');
    return seals.seal(archive, manifestWith, never);
  };
  const texts = ({ manifest, signature, timeStamp }: Awaited<ReturnType<typeof sealed>>) =>
    [manifest, signature, timeStamp].map(part => part?.toString());

  it('signs anew what says that the time stamp is missing', async () => {
    expect(texts(await sealed(Buffer.from('stamp')))).toEqual(['follows', 'signature 1', 'stamp']);
    expect(texts(await sealed(undefined))).toEqual(['missing', 'signature 2', undefined]);
    expect(texts(await sealed(undefined, false))).toEqual(['unwanted', 'signature 1', undefined]);
  });
});
