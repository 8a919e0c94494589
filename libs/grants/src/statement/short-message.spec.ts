import { InternalAuthority } from '#test/authority/internal-authority.js';
import type { InternalIdentity } from '#platform';
import { StatementRefused } from './certified-token.js';
import { messageLifetimeSeconds, MessageSigner, MessageVerifier } from './short-message.js';
import { StatementSigner } from './statement-signer.js';

const type = 'rcs-example+jws';
const content = { instance: 'a' };

describe(MessageVerifier.name, () => {
  let worker: InternalIdentity;
  let gateway: InternalIdentity;
  let verifier: MessageVerifier;

  beforeAll(async () => {
    const authority = await InternalAuthority.create();
    worker = await authority.issue('decrypt-worker');
    gateway = await authority.issue('playback-gateway');
    verifier = new MessageVerifier({ current: gateway }, 'decrypt-worker', type);
  });
  afterEach(() => jest.useRealTimers());

  const later = (seconds: number) =>
    jest.useFakeTimers({ now: Date.now() + seconds * 1000, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  const signed = (by = worker, as = type) => new MessageSigner({ current: by }, as).sign(content);
  const expectRefused = (jws: string) => expect(() => verifier.read(jws)).toThrow(StatementRefused);

  it('gives what was said', () => {
    expect(verifier.read(signed())).toEqual(content);
  });

  it('refuses what another role said, or said as something else', () => {
    expectRefused(signed(gateway));
    expectRefused(signed(worker, 'rcs-other+jws'));
  });

  it('refuses what was said before its time and after it', () => {
    const jws = signed();
    later(messageLifetimeSeconds + 2);
    expectRefused(jws);
    const ahead = signed();
    jest.useRealTimers();
    expectRefused(ahead);
  });

  it('refuses a time that the signer chose too long, or left out', () => {
    const signer = new StatementSigner({ current: worker }, type);
    const iat = Math.floor(Date.now() / 1000);
    expectRefused(signer.sign({ iat, exp: iat + 3600, content }));
    expectRefused(signer.sign({ content }));
    expectRefused(signer.sign(content));
  });
});
