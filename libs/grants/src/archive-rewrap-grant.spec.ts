import { randomUUID } from 'node:crypto';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { archiveRewrapGrants, type ArchiveRewrapGrantContent } from './archive-rewrap-grant.js';
import { GrantSigner } from './grant-signer.js';
import { GrantVerifier } from './grant-verifier.js';

const content: ArchiveRewrapGrantContent = {
  cnf: { 'x5t#S256': 'A'.repeat(43) },
  sub: 'alice',
  contactCenter: 'cc-1',
  archive: randomUUID(),
  recording: 'recording-1',
  mediaFile: 'call.mp3',
  envelopeDigest: 'ab'.repeat(32),
  recipient: 'cd'.repeat(32),
};

describe('a grant to rewrap for an archive', () => {
  let verifier: GrantVerifier;
  let signer: GrantSigner<never>;

  beforeAll(async () => {
    const authority = await InternalAuthority.create();
    verifier = new GrantVerifier({ current: authority }, { acceptUnbound: true });
    signer = new GrantSigner({ current: await authority.issue('playback-gateway') }, archiveRewrapGrants as never);
  });

  const signed = (changes: object = {}): string => signer.sign({ ...content, ...changes } as never);

  it('says which envelope of which recording, for which archive and recipient, in whose hands', () => {
    expect(verifier.verifyArchiveRewrap(signed())).toMatchObject(content);
  });

  it.each([
    ['is held by nobody, even where those of before count', { cnf: undefined }],
    ['names no recipient', { recipient: undefined }],
    ['names no archive', { archive: 'case 4711' }],
    ['says more', { purpose: 'play' }],
  ])('is refused when it %s', (_, changes) => {
    expect(() => verifier.verifyArchiveRewrap(signed(changes))).toThrow('grant refused');
  });

  it('passes for no other, and no other for it', () => {
    for (const verify of ['verify', 'verifyRewrap', 'verifyArchiveSeal', 'verifyAdministration'] as const)
      expect(() => verifier[verify](signed())).toThrow('grant refused');
  });
});
