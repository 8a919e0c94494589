import { setTimeout as delay } from 'node:timers/promises';
import { GrantSigner, GrantVerifier, type GrantContent } from '#grants';
import { LiveIdentity, RcsError, type InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { GrantIssuer } from './grant-issuer.js';

const content: GrantContent = {
  sub: 'anthony',
  contactCenter: 'cc-1',
  recording: 'recording-1',
  mediaFile: 'call.mp3',
  location: { storage: 'webDAV', path: 'call.bin' },
  purpose: 'play',
  layout: 'attached',
  envelopeDigest: 'ab'.repeat(32),
};

const signerOf = (jws: string): string => jws.slice(0, jws.indexOf('.'));

describe(GrantIssuer.name, () => {
  let verifier: GrantVerifier;
  let identity: LiveIdentity;
  let issuer: GrantIssuer;
  let first: InternalIdentity;
  let second: InternalIdentity;

  beforeAll(async () => {
    const authority = await InternalAuthority.create();
    [first, second] = [await authority.issue('playback-gateway'), await authority.issue('playback-gateway')];
    verifier = new GrantVerifier({ current: authority });
  });
  beforeEach(() => {
    identity = new LiveIdentity(first);
    issuer = new GrantIssuer(identity);
  });

  const grantOf = (wanted: GrantContent): Promise<string> => issuer.withGrant(wanted, grant => Promise.resolve(grant));

  it('issues grants that a worker takes', async () => {
    expect(verifier.verify(await grantOf(content))).toMatchObject(content);
  });

  it('signs once for requests that come together or soon after each other', async () => {
    const sign = jest.spyOn(GrantSigner.prototype, 'sign');
    const grants = await Promise.all([grantOf(content), grantOf({ ...content }), grantOf(content)]);
    grants.push(await grantOf(content));
    expect(new Set(grants).size).toBe(1);
    expect(sign).toHaveBeenCalledTimes(1);
    sign.mockRestore();
  });

  it.each<readonly [string, Partial<GrantContent>]>([
    ['user', { sub: 'paul' }],
    ['contact center', { contactCenter: 'cc-2' }],
    ['recording', { recording: 'recording-2' }],
    ['media file', { mediaFile: 'screen.mp4' }],
    ['location', { location: { storage: 'webDAV', path: 'other.bin' } }],
    ['storage', { location: { storage: 'file', path: 'call.bin' } }],
    ['purpose', { purpose: 'inspect' }],
    ['layout', { layout: 'detached' }],
    ['envelope', { envelopeDigest: 'cd'.repeat(32) }],
  ])('issues another grant for another %s', async (_, change) => {
    const other = await grantOf({ ...content, ...change });
    expect(other).not.toBe(await grantOf(content));
    expect(verifier.verify(other)).toMatchObject({ ...content, ...change });
  });

  it('never hands out a grant with less than half of its life left', async () => {
    const start = performance.now();
    const first = await grantOf(content);
    const clock = jest.spyOn(performance, 'now');
    try {
      clock.mockReturnValue(start + 29_000);
      expect(await grantOf(content)).toBe(first);
      clock.mockReturnValue(start + 31_000);
      // The memory looks at the clock once per millisecond at most.
      await delay(5);
      expect(await grantOf(content)).not.toBe(first);
    } finally {
      clock.mockRestore();
    }
  });

  it('signs again after a signature that failed', async () => {
    const sign = jest.spyOn(GrantSigner.prototype, 'sign').mockImplementationOnce(() => {
      throw new Error('no entropy');
    });
    await expect(grantOf(content)).rejects.toThrow('no entropy');
    expect(verifier.verify(await grantOf(content))).toMatchObject(content);
    sign.mockRestore();
  });

  it('signs with a renewed identity at once, also what the former one has signed', async () => {
    const former = await grantOf(content);
    identity.replace(second);
    const grant = await grantOf(content);
    expect(signerOf(grant)).not.toBe(signerOf(former));
    expect(verifier.verify(grant)).toMatchObject(content);
  });

  it('follows a refused grant by one that is signed now, and uses that one from then on', async () => {
    const former = await grantOf(content);
    const shown: string[] = [];
    const successor = await issuer.withGrant(content, async grant => {
      shown.push(grant);
      return grant === former ? Promise.reject(new RcsError('RCS_GRANT_REFUSED', 'signed by a stranger')) : grant;
    });
    expect(shown).toEqual([former, successor]);
    expect(verifier.verify(successor)).toMatchObject(content);
    expect(await grantOf(content)).toBe(successor);
  });

  it.each([
    ['a successor that is refused too', 'RCS_GRANT_REFUSED', 2],
    ['any other failure', 'RCS_WORKER_FAILED', 1],
  ] as const)('ends with %s', async (_, code, attempts) => {
    const use = jest.fn(() => Promise.reject(new RcsError(code, 'no')));
    await expect(issuer.withGrant(content, use)).rejects.toMatchObject({ code });
    expect(use).toHaveBeenCalledTimes(attempts);
  });
});
