import { createHash } from 'node:crypto';
import { DigestAuthentication, digestChallengeOf, type DigestChallenge } from './digest-authentication.js';
import { parseChallenges } from './www-authenticate.js';

/** The example of RFC 7616, 3.9.1. */
const parameters =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
  'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

function challengeOf(field: string): DigestChallenge {
  const challenge = digestChallengeOf(parseChallenges(field));
  if (challenge === undefined) throw new Error(`no challenge in ${field}`);
  return challenge;
}

describe(DigestAuthentication.name, () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('answers as RFC 7616, 3.9.1 does with %s', (algorithm, response) => {
    const digest = new DigestAuthentication(
      challengeOf(`Digest ${parameters}, algorithm=${algorithm}`),
      'Mufasa',
      'Circle of Life',
    );
    expect(digest.authorization('GET', '/dir/index.html', cnonce)).toBe(
      'Digest username="Mufasa", realm="http-auth@example.org", ' +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", ' +
        `algorithm=${algorithm}, response="${response}", qop=auth, nc=00000001, cnonce="${cnonce}", ` +
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    );
  });

  const authorized = (field: string): ReadonlyMap<string, string> =>
    parseChallenges(
      new DigestAuthentication(challengeOf(`Digest ${field}`), 'Mufasa', 'Circle of Life').authorization(
        'GET',
        '/a',
        'c',
      ),
    )[0]!.parameters;
  const hashed = (name: string, text: string): string => createHash(name).update(text).digest('hex');

  it.each([
    ['MD5-sess', 'md5'],
    ['SHA-256-sess', 'sha256'],
    ['SHA-512-256', 'sha512-256'],
    ['SHA-512-256-sess', 'sha512-256'],
    ['md5-SESS', 'md5'],
  ])('answers %s as RFC 7616, 3.4, with qop and without', (algorithm, name) => {
    const user = hashed(name, 'Mufasa:r:Circle of Life');
    const a1 = /-sess$/i.test(algorithm) ? hashed(name, `${user}:n:c`) : user;
    const a2 = hashed(name, 'GET:/a');
    const challenge = `realm="r", nonce="n", algorithm=${algorithm}`;
    const counted = authorized(`${challenge}, qop="auth"`);
    expect(counted.get('response')).toBe(hashed(name, `${a1}:n:00000001:c:auth:${a2}`));
    expect(counted.get('cnonce')).toBe('c');
    const bare = authorized(challenge);
    expect(bare.get('response')).toBe(hashed(name, `${a1}:n:${a2}`));
    expect([bare.get('qop'), bare.get('nc')]).toEqual([undefined, undefined]);
    expect(bare.get('cnonce')).toBe(/-sess$/i.test(algorithm) ? 'c' : undefined);
  });

  it('keeps the client nonce of a session, and counts its requests', () => {
    const challenge = challengeOf(`Digest ${parameters}, algorithm=SHA-256-sess`);
    const digest = new DigestAuthentication(challenge, 'Mufasa', 'Circle of Life');
    const answers = [1, 2, 3].map(() => parseChallenges(digest.authorization('GET', '/a'))[0]!.parameters);
    expect(new Set(answers.map(answer => answer.get('cnonce'))).size).toBe(1);
    expect(answers.map(answer => answer.get('nc'))).toEqual(['00000001', '00000002', '00000003']);
  });

  it('answers the oldest challenge, which names neither algorithm nor qop (RFC 2069)', () => {
    const answer = authorized('realm="r", nonce="n"');
    const expected = hashed('md5', `${hashed('md5', 'Mufasa:r:Circle of Life')}:n:${hashed('md5', 'GET:/a')}`);
    expect(answer.get('response')).toBe(expected);
    expect([...answer.keys()]).toEqual(['username', 'realm', 'nonce', 'uri', 'response']);
  });

  it('counts the uses of a nonce, and takes another client nonce for each', () => {
    const digest = new DigestAuthentication(challengeOf(`Digest ${parameters}`), 'Mufasa', 'Circle of Life');
    const fields = Array.from({ length: 17 }, () => digest.authorization('GET', '/'));
    expect(fields.map(field => /nc=(\w+)/.exec(field)?.[1]).slice(-2)).toEqual(['00000010', '00000011']);
    expect(new Set(fields.map(field => /cnonce="([^"]+)"/.exec(field)?.[1])).size).toBe(17);
  });

  it('escapes quotes in names', () => {
    const digest = new DigestAuthentication(challengeOf('Digest realm="a\\"b", nonce="n", qop=auth'), 'c"d\\e', 'f');
    const field = digest.authorization('GET', '/');
    expect(field).toContain('realm="a\\"b"');
    expect(field).toContain('username="c\\"d\\\\e"');
  });

  it('writes names beyond ASCII in the form of RFC 7616, 3.4, or as bytes for servers that do not know it', () => {
    const told = new DigestAuthentication(challengeOf(`Digest ${parameters}, charset=UTF-8`), 'Jäsøn Doe', 'x');
    expect(told.authorization('GET', '/')).toContain("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe,");
    const untold = new DigestAuthentication(challengeOf(`Digest ${parameters}`), 'Jäsøn', 'x');
    const field = untold.authorization('GET', '/');
    expect(Buffer.from(field, 'latin1').toString('utf8')).toContain('username="Jäsøn"');
  });
});

describe(digestChallengeOf.name, () => {
  it('prefers SHA-256', () => {
    const field = `Digest ${parameters}, algorithm=MD5, Digest ${parameters}, algorithm=SHA-256, Basic realm="b"`;
    expect(challengeOf(field).algorithm).toBe('SHA-256');
  });

  it.each([
    ['Digest realm="a", nonce="n", qop="auth-int"'],
    ['Digest realm="a", qop=auth'],
    ['Digest realm="a", nonce="n", qop=auth, algorithm=SHA-1'],
    ['Basic realm="a, Digest realm=b, nonce=n, qop=auth"'],
    [''],
  ])('answers nothing to %s', field => {
    expect(digestChallengeOf(parseChallenges(field))).toBeUndefined();
  });

  it('prefers SHA-512-256, and a session to nothing stronger', () => {
    const offers = ['MD5', 'SHA-256-sess', 'SHA-512-256', 'SHA-256'].map(
      each => `Digest ${parameters}, algorithm=${each}`,
    );
    expect(challengeOf(offers.join(', ')).algorithm).toBe('SHA-512-256');
    expect(challengeOf(offers.slice(0, 2).join(', ')).algorithm).toBe('SHA-256-sess');
  });

  it('knows a stale nonce', () => {
    expect(challengeOf(`Digest ${parameters}, stale=TRUE`).stale).toBe(true);
    expect(challengeOf(`Digest ${parameters}, stale=false`).stale).toBe(false);
  });
});
