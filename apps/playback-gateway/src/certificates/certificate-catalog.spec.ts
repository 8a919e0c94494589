import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCertificatePem } from '#certificates';
import type { KeyEntry } from '#contracts';
import { createLogger } from '#platform';
import { openSqliteStore, type Store } from '#store';
import type { VaultKeys } from '../vaults/vault-keys.js';
import { namesUnder, summaryOfPem } from '../envelopes/certificate-summary.js';
import { CertificateCatalog } from './certificate-catalog.service.js';
import { certificatePageSchema } from './certificate-page.js';
import type { CertificatePolicy } from './certificate-policy.js';
import { TokenCertificates } from './token-certificates.js';

const contactCenter = 'cc-1';
const logger = createLogger('test', 'test', 'silent');
const origin = { createdAt: '2026-11-21T08:00:00.000Z', createdBy: 'admin' };
const nobody: readonly KeyEntry[] = [];

describe(CertificateCatalog.name, () => {
  let directory: string;
  let store: Store;
  let catalog: CertificateCatalog;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-catalog-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    const keys = { list: () => Promise.resolve(nobody) } as unknown as VaultKeys;
    const inToken = new TokenCertificates(store.certificates, logger);
    const configuration = { recordingCertificates: { expiryWarningDays: [30] } } as unknown as ConstructorParameters<
      typeof CertificateCatalog
    >[5];
    const policy = {} as CertificatePolicy;
    catalog = new CertificateCatalog(store.certificates, store.rewraps, keys, inToken, policy, configuration, logger);
    for (const alias of ['a', 'b', 'c']) await add(alias);
    for (const [index, alias] of ['b', 'b', 'c', 'c', 'a'].entries()) await record(`recording-${index}`, alias);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const pems = new Map<string, string>();
  function pemOf(alias: string): string {
    const made = pems.get(alias) ?? selfSigned(alias);
    pems.set(alias, made);
    return made;
  }

  async function add(alias: string): Promise<void> {
    const certificate = pemOf(alias);
    const [{ fingerprint, keyIdentifier }] = parseCertificatePem(certificate);
    const state = { keyFormat: 'PKCS#8', decryptOnly: false, state: 'active' } as const;
    const key = { fingerprint, keyIdentifier: keyIdentifier.toString('hex') };
    await store.certificates.add({ contactCenter, alias, certificate, chain: '', ...key, ...state, ...origin });
  }

  /** For the certificate, under the first and the last of its names. */
  async function record(id: string, alias: string): Promise<void> {
    const names = namesUnder(summaryOfPem(pemOf(alias)), alias);
    const mediaDescriptor = { storage: 'webDAV', path: 'm' } as const;
    const mediaFiles = [{ mediaId: 'm', leaf: 'm', type: 'audio/mp3', mediaDescriptor, parameters: {} }];
    const recipients = [names.at(0) ?? '', names.at(-1) ?? ''];
    await store.recordings.insert(
      { id, contactCenter, region: 'default', startTime: '2026-01-01T00:00:00.000+0000', mediaFiles },
      { findings: [{ mediaId: 'm', pin: { layout: 'detached' }, recipients }] },
    );
  }

  const page = async (sort: string, more: Readonly<Record<string, string>> = {}) => {
    const found = await catalog.page(contactCenter, certificatePageSchema.parse({ sort, ...more }));
    return [found.total, found.certificates.map(({ alias, recordings }) => `${alias}${recordings}`).join(' ')];
  };

  it('sorts by what changes, and says of each row in how many recordings it is', async () => {
    expect(await page('recordings')).toEqual([3, 'a1 b2 c2']);
    expect(await page('-recordings')).toEqual([3, 'b2 c2 a1']);
    expect(await page('-recordings', { offset: '1', limit: '1' })).toEqual([3, 'c2']);
    expect(await page('status')).toEqual([3, 'a1 b2 c2']);
    const target = { kind: 'screen-recording' } as const;
    await store.certificates.assign({ contactCenter, target, aliases: ['b'], changedAt: '', changedBy: '' });
    expect(await page('-deployedCount')).toEqual([3, 'b2 a1 c2']);
    const removal = { recipients: [], otherRecipients: [], force: true, origin: { by: 'admin', at: origin.createdAt } };
    await store.certificates.remove({ contactCenter, alias: 'b', ...removal });
    expect(await page('-recordings')).toEqual([2, 'c2 a1']);
    expect(await page('-recordings', { deleted: 'true' })).toEqual([3, 'b2 c2 a1']);
    expect(await page('status', { deleted: 'true' })).toEqual([3, 'b2 a1 c2']);
  });

  it('asks for recordings once for a page, with the same names as long as no certificate is another', async () => {
    const asked = jest.spyOn(store.rewraps, 'countRecordings');
    await page('-recordings', { limit: '1' });
    for (const sort of ['alias', 'issuedTo', 'expires', 'serialNumber']) await page(sort, { limit: '1' });
    await page('recordings', { limit: '1' });
    const groups = asked.mock.calls.map(([, names]) => names);
    expect(groups.map(({ length }) => length)).toEqual([3, 1, 1, 1, 1, 3]);
    expect(groups.at(-1)).toBe(groups.at(0));
    await add('d');
    expect(await page('recordings')).toEqual([4, 'd0 a1 b2 c2']);
  });
});

function selfSigned(name: string): string {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', '/dev/null', '-days', '365'];
  return execFileSync('openssl', [...request, '-subj', `/CN=${name}`], { stdio: 'pipe', timeout: 60_000 }).toString();
}
