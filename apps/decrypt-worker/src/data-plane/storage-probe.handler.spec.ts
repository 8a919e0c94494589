import { pathToFileURL } from 'node:url';
import { mediaPath, storageProbePath } from '#contracts';
import { GrantSigner, storageProbeGrants, type StorageProbeGrantContent } from '#grants';
import { ClusterIdentities, WorkerUnderTest } from '#test/data-plane/worker-under-test.js';

let identities: ClusterIdentities;
let worker: WorkerUnderTest;

beforeAll(async () => {
  identities = await ClusterIdentities.create();
  worker = await new WorkerUnderTest(identities, 'cc-1', { contactCenters: ['cc-1'] }).start();
});
afterAll(() => worker.stop());

const content = (changed: Partial<StorageProbeGrantContent> = {}): StorageProbeGrantContent => ({
  sub: 'ada',
  contactCenter: 'cc-1',
  kind: 'file',
  url: pathToFileURL(`${worker.directory}/`).href,
  ...changed,
});
const sign = (granted: StorageProbeGrantContent, signer = identities.gateway): string =>
  new GrantSigner({ current: signer }, storageProbeGrants).sign(granted);
async function probe(grant: string, further: object = {}) {
  const { status, body } = await worker.post(storageProbePath, { grant, ...further });
  return { status, ...(JSON.parse(body.toString()) as { readonly code?: string }) };
}

describe('a probe of a storage', () => {
  it('says whether recordings can be read from it', async () => {
    expect(await probe(sign(content()))).toEqual({
      status: 200,
      reachable: true,
      credentials: 'accepted',
      tls: 'none',
    });
  });

  it.each([
    ['a storage of another contact center', () => sign(content({ contactCenter: 'cc-2' })), 400],
    ['a storage that nobody configured', () => sign(content({ url: 'file:///etc/' })), 400],
    ['a grant of a worker', () => sign(content(), identities.worker), 403],
    [
      'a grant to play',
      () =>
        worker.sign({
          ...{ sub: 'ada', contactCenter: 'cc-1', recording: 'R', mediaFile: 'x', purpose: 'play' },
          location: { storage: 'file', path: 'x' },
        }),
      403,
    ],
  ])('is refused for %s', async (_, grant, status) => {
    expect(await probe(grant())).toMatchObject({ status });
  });

  it('is refused with another storage than the grant names', async () => {
    const storage = { url: 'http://127.0.0.1:1/set' };
    expect(await probe(sign(content()), { storage })).toMatchObject({ status: 403, code: 'RCS_GRANT_REFUSED' });
    const set = content({ kind: 'webDAV', url: storage.url, version: '1' });
    expect(await probe(sign(set))).toMatchObject({ status: 403, code: 'RCS_GRANT_REFUSED' });
    expect(await probe(sign(set), { storage })).toMatchObject({ status: 400, code: 'RCS_MEDIA_LOCATION_REFUSED' });
  });

  it('opens no media', async () => {
    const request = { grant: sign(content()), method: 'GET', contentType: 'audio/wav' };
    expect((await worker.post(mediaPath, request)).status).toBe(403);
  });
});
