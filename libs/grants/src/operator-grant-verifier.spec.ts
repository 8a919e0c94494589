import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { LiveIdentity, type InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { vaultAudience } from './grant-binding.js';
import { GrantSigner } from './grant-signer.js';
import { GrantVerifier } from './grant-verifier.js';
import { keyApprovals } from './key-approval.js';
import { operatorGrants, type OperatorGrantContent } from './operator-grant.js';
import { OperatorGrantVerifier } from './operator-grant-verifier.js';
import { envelopeDigest, playbackGrants } from './playback-grant.js';

const digest = envelopeDigest(Buffer.from('envelope'));
const content: OperatorGrantContent = {
  sub: 'jane@desk',
  purpose: 'decrypt',
  file: 'call.bin',
  envelopeDigest: digest,
};
const now = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const certificateOf = ({ certificatePem }: InternalIdentity) => new X509Certificate(certificatePem);

/** A token made by hand: every part of it can be wrong on purpose. */
function forge(certificate: InternalIdentity, key: InternalIdentity, payload: object, header: object = {}): string {
  const x5c = [certificateOf(certificate).raw.toString('base64')];
  const claims = { ...content, aud: vaultAudience(), jti: randomUUID(), iat: now(), exp: now() + 30, ...payload };
  const input = `${base64url({ alg: 'ES256', typ: 'rcs-operator-grant+jws', x5c, ...header })}.${base64url(claims)}`;
  const signingKey = { key: createPrivateKey(key.keyPem), dsaEncoding: 'ieee-p1363' as const };
  return `${input}.${sign('sha256', Buffer.from(input), signingKey).toString('base64url')}`;
}

describe(OperatorGrantVerifier.name, () => {
  let authority: InternalAuthority;
  let jane: InternalIdentity;
  let joe: InternalIdentity;
  let verifier: OperatorGrantVerifier;

  beforeAll(async () => {
    authority = await InternalAuthority.create();
    jane = await authority.issue('operator');
    joe = await authority.issue('operator');
  });
  beforeEach(() => {
    verifier = new OperatorGrantVerifier({ current: authority }, [certificateOf(jane)]);
  });

  const expectRefused = (jws: string, why: RegExp, code = 'RCS_GRANT_REFUSED'): void => {
    const refusal = expect.objectContaining({ code, message: expect.stringMatching(why) as string }) as Error;
    expect(() => verifier.verify(jws)).toThrow(refusal);
  };

  it('gives what the operator signed, and who they are', () => {
    const jws = new GrantSigner({ current: jane }, operatorGrants).sign(content);
    const { grant, operator } = verifier.verify(jws);
    expect(grant).toMatchObject(content);
    expect(grant.exp - grant.iat).toBe(60);
    expect(operator).toBe('CN=operator');
  });

  it('takes every grant once', () => {
    const jws = new GrantSigner({ current: jane }, operatorGrants).sign(content);
    verifier.verify(jws);
    expectRefused(jws, /used before/);
  });

  it('refuses an operator who is not on the list, though the authority knows them', () => {
    const jws = new GrantSigner({ current: joe }, operatorGrants).sign(content);
    expectRefused(jws, /not on the list/, 'RCS_OPERATOR_NOT_ALLOWED');
  });

  it('refuses the key of one certificate under another', async () => {
    const renewed = { ...jane, certificatePem: (await authority.issue('operator')).certificatePem };
    expectRefused(forge(renewed, jane, {}), /signature/);
  });

  it.each(['playback-gateway', 'decrypt-worker', 'key-vault', 'rcsctl'] as const)(
    'refuses the role %s, even on the list',
    async role => {
      const service = await authority.issue(role);
      verifier = new OperatorGrantVerifier({ current: authority }, [certificateOf(service)]);
      expectRefused(forge(service, service, {}), new RegExp(`signed by ${role}`));
    },
  );

  it('refuses an operator of another authority, even on the list', async () => {
    const foreign = await (await InternalAuthority.create()).issue('operator');
    verifier = new OperatorGrantVerifier({ current: authority }, [certificateOf(foreign)]);
    expectRefused(forge(foreign, foreign, {}), /do not trust/);
  });

  it('refuses an operator whose certificate has expired, or whose authority is trusted no more', async () => {
    const past = { notBefore: new Date(Date.now() - 7_200_000), notAfter: new Date(Date.now() - 1000) };
    const retired = await authority.issue('operator', past);
    const identity = new LiveIdentity(await authority.issue('key-vault'));
    verifier = new OperatorGrantVerifier(identity, [certificateOf(retired), certificateOf(jane)]);
    expectRefused(forge(retired, retired, {}), /do not trust/);
    identity.replace(await (await InternalAuthority.create()).issue('key-vault'));
    expectRefused(forge(jane, jane, {}), /do not trust/);
  });

  it.each(['grant', 'approval'] as const)('takes a %s for the vaults of its own cluster alone', kind => {
    const cluster = (name?: string) => (name === undefined ? {} : { cluster: name });
    const approval = {
      sub: content.sub,
      purpose: 'disable' as const,
      contactCenter: '9350',
      keyIdentifier: 'ab'.repeat(20),
      alias: 'own',
      unlistableSources: [],
    };
    const signed = (name?: string): string =>
      kind === 'grant'
        ? new GrantSigner({ current: { ...jane, ...cluster(name) } }, operatorGrants).sign(content)
        : new GrantSigner({ current: { ...jane, ...cluster(name) } }, keyApprovals).sign(approval);
    const verdict = (own: string | undefined, jws: string): string => {
      const current = { caPem: authority.caPem, ...cluster(own) };
      const judge = new OperatorGrantVerifier({ current }, [certificateOf(jane)]);
      try {
        if (kind === 'grant') judge.verify(jws);
        else judge.verifyApproval(jws);
        return 'taken';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(verdict('north', signed('north'))).toBe('taken');
    expect(verdict(undefined, signed())).toBe('taken');
    expect(verdict('north', signed('south'))).toMatch(/for others/);
    expect(verdict('north', signed())).toMatch(/for others/);
    expect(verdict(undefined, signed('north'))).toMatch(/for others/);
  });

  it('takes a grant that names no vaults for the time of an upgrade alone', () => {
    const former = (): string => forge(jane, jane, { aud: undefined });
    expectRefused(former(), /for which vaults/);
    verifier = new OperatorGrantVerifier({ current: authority }, [certificateOf(jane)], { acceptUnbound: true });
    expect(verifier.verify(former()).grant).toMatchObject(content);
    expectRefused(forge(jane, jane, { aud: vaultAudience('south') }), /for others/);
  });

  it('refuses the signature of anybody else', () => {
    expectRefused(forge(jane, joe, {}), /signature/);
  });

  it.each<readonly [string, object, RegExp]>([
    ['has expired', { iat: now() - 61, exp: now() - 2 }, /expired/],
    ['lives too long', { exp: now() + 3600 }, /too long/],
    ['comes from the future', { iat: now() + 30, exp: now() + 60 }, /future/],
    ['names no envelope', { envelopeDigest: undefined }, /content/],
    ['wants to play', { purpose: 'play' }, /content/],
    ['has an extra member', { admin: true }, /content/],
  ])('refuses one that %s', (_, payload, why) => {
    expectRefused(forge(jane, jane, payload), why);
  });

  it('and the verifier of gateways take no token of each other', async () => {
    const gateway = await authority.issue('playback-gateway');
    const location = { storage: 'webDAV', path: 'a' };
    const playback = new GrantSigner({ current: gateway }, playbackGrants).sign({
      sub: 'a',
      contactCenter: 'c',
      recording: 'r',
      mediaFile: 'm',
      location,
      purpose: 'play',
    });
    expectRefused(playback, /header/);
    expectRefused(forge(jane, jane, {}, { typ: 'rcs-grant+jws' }), /header/);
    const playbackVerifier = new GrantVerifier({ current: authority });
    for (const jws of [forge(jane, jane, {}), forge(jane, jane, {}, { typ: 'rcs-grant+jws' })]) {
      expect(() => playbackVerifier.verify(jws)).toThrow(
        expect.objectContaining({ code: 'RCS_GRANT_REFUSED' }) as Error,
      );
    }
  });
});
