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
    ['Digest realm="a", nonce="n"'],
    ['Digest realm="a", nonce="n", qop="auth-int"'],
    ['Digest realm="a", qop=auth'],
    ['Digest realm="a", nonce="n", qop=auth, algorithm=SHA-512-256'],
    ['Basic realm="a, Digest realm=b, nonce=n, qop=auth"'],
    [''],
  ])('answers nothing to %s', field => {
    expect(digestChallengeOf(parseChallenges(field))).toBeUndefined();
  });

  it('knows a stale nonce', () => {
    expect(challengeOf(`Digest ${parameters}, stale=TRUE`).stale).toBe(true);
    expect(challengeOf(`Digest ${parameters}, stale=false`).stale).toBe(false);
  });
});
