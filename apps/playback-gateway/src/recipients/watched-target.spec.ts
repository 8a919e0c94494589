import { RcsError } from '#platform';
import type { CertificateAssignment } from '#store';
import { waitFor } from '#test/waiting/wait-for.js';
import { WatchedTarget, type RecipientState } from './watched-target.js';

type Sources = ConstructorParameters<typeof WatchedTarget>[2];

describe(WatchedTarget.name, () => {
  let aliases: readonly string[] = ['a', 'b'];
  let readAssignment: Sources['certificates']['assignment'];
  let readRecipients: Sources['assignments']['recipients'];
  let told: RecipientState[] = [];
  let failures: unknown[] = [];
  let watched: WatchedTarget;

  beforeEach(() => {
    [aliases, told, failures] = [['a', 'b'], [], []];
    readAssignment = () => Promise.resolve({ aliases } as CertificateAssignment);
    readRecipients = () => Promise.resolve(aliases.map(alias => ({ alias, certificate: `PEM of ${alias}` })));
    watched = new WatchedTarget(
      'cc-1',
      { kind: 'ivr-profile', name: 'record' },
      {
        certificates: {
          assignment: (...asked) => readAssignment(...asked),
          find: () => Promise.resolve(undefined),
        },
        assignments: { recipients: (...asked) => readRecipients(...asked) },
        failed: error => void failures.push(error),
      },
    );
    watched.listeners.add(state => void told.push(state));
  });
  afterEach(() => watched.stop());

  const aliasesTold = (): readonly string[] | undefined => {
    const state = told.at(-1);
    return state?.kind === 'recipients' ? state.recipients.certificates.map(({ alias }) => alias) : undefined;
  };

  it('tells them twice a second, and what changed without being told that it did', async () => {
    const began = performance.now();
    watched.look();
    await waitFor('two looks', () => told.length >= 2);
    expect(performance.now() - began).toBeGreaterThan(400);
    aliases = ['a'];
    await waitFor('the change', () => aliasesTold()?.join() === 'a', { pollMs: 10 });
  });

  it('says nothing while the store is silent, and goes on when it answers', async () => {
    watched.look();
    await waitFor('a look', () => told.length > 0);
    readAssignment = () => new Promise(() => undefined);
    const before = told.length;
    await waitFor('a failed look', () => failures.length > 0);
    expect(told.length - before).toBeLessThanOrEqual(1);
    const silent = told.length;
    readAssignment = () => Promise.resolve({ aliases } as CertificateAssignment);
    await waitFor('the next look', () => told.length > silent);
    expect(aliasesTold()).toEqual(['a', 'b']);
  });

  it('says what is wrong with the recipients, and nothing of what may pass by itself', async () => {
    readRecipients = () => Promise.reject(new RcsError('RCS_STORE_UNAVAILABLE'));
    watched.look();
    await waitFor('a failure', () => failures.length > 0);
    expect(told).toEqual([]);
    readRecipients = () => Promise.reject(new RcsError('RCS_CERTIFICATE_NOT_VALID'));
    await waitFor('a word', () => told.length > 0);
    expect(told[0]).toMatchObject({ kind: 'unavailable', error: { code: 'RCS_CERTIFICATE_NOT_VALID' } });
  });

  it('looks once more behind a look that is under way, and no more once it is stopped', async () => {
    let looks = 0;
    readAssignment = async () => {
      looks++;
      await new Promise(resolve => setTimeout(resolve, 20));
      return { aliases } as CertificateAssignment;
    };
    for (let times = 0; times < 10; times++) watched.look();
    await waitFor('both looks', () => looks === 2, { pollMs: 5 });
    watched.stop();
    const heard = told.length;
    await new Promise(resolve => setTimeout(resolve, 700));
    expect(looks).toBe(2);
    expect(told.length).toBe(heard);
  });
});
