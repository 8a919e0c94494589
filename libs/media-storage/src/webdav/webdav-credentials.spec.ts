import { WebDavCredentials } from './webdav-credentials.js';

const digestField = 'Digest realm="r", nonce="n1", qop="auth"';
const staleField = 'Digest realm="r", nonce="n2", qop="auth", stale=true';

describe(WebDavCredentials.name, () => {
  let credentials: WebDavCredentials;

  beforeEach(() => {
    credentials = new WebDavCredentials('Aladdin', 'open sesame');
  });

  it('sends nothing before it is asked', () => {
    expect(credentials.authorization('GET', '/')).toBeUndefined();
  });

  it('answers Basic as RFC 7617 does, and does not try the same again', () => {
    expect(credentials.challenged('Basic realm="r"', undefined)).toBe(true);
    const sent = credentials.authorization('GET', '/');
    expect(sent).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
    expect(credentials.challenged('Basic realm="r"', sent)).toBe(false);
  });

  it('answers Digest where it is offered beside Basic', () => {
    expect(credentials.challenged(`Basic realm="r", ${digestField}`, undefined)).toBe(true);
    expect(credentials.authorization('GET', '/')).toMatch(/^Digest .*nonce="n1"/);
  });

  it('takes a new nonce when the old one is stale, and only then', () => {
    credentials.challenged(digestField, undefined);
    const sent = credentials.authorization('GET', '/');
    expect(credentials.challenged(digestField, sent)).toBe(false);
    expect(credentials.challenged(staleField, sent)).toBe(true);
    expect(credentials.authorization('GET', '/')).toContain('nonce="n2"');
  });

  it('never goes down from Digest to Basic', () => {
    credentials.challenged(digestField, undefined);
    expect(credentials.challenged('Basic realm="r"', credentials.authorization('GET', '/'))).toBe(false);
    expect(credentials.authorization('GET', '/')).toMatch(/^Digest /);
  });

  it('goes up from Basic to Digest', () => {
    credentials.challenged('Basic realm="r"', undefined);
    expect(credentials.challenged(digestField, credentials.authorization('GET', '/'))).toBe(true);
    expect(credentials.authorization('GET', '/')).toMatch(/^Digest /);
  });

  it('gives up without a user name, and on schemes it does not know', () => {
    expect(new WebDavCredentials(undefined, undefined).challenged('Basic realm="r"', undefined)).toBe(false);
    expect(credentials.challenged('Negotiate', undefined)).toBe(false);
    expect(credentials.challenged('', undefined)).toBe(false);
  });
});
