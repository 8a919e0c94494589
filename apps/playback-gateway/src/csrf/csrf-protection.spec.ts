import { RcsError } from '#platform';
import { CsrfProtection } from './csrf-protection.js';

const token = '0f8fad5b-d9cb-869f-a165-70867728950e';
const client = (headers: Record<string, string> = {}, userName = 'anthony', address = '10.1.2.3') => ({
  userName,
  address,
  headers,
});

describe(CsrfProtection.name, () => {
  const protection = new CsrfProtection({ enableCsrfProtection: true, csrfExemptions: [] });

  it.each(['PUT', 'POST', 'DELETE', 'PATCH', 'PROPFIND'])('demands the token on %s', method => {
    expect(protection.demands(method, client())).toBe(true);
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])('lets %s pass', method => {
    expect(protection.demands(method, client())).toBe(false);
  });

  it('accepts the token of the session and nothing else', () => {
    expect(() => protection.check(client({ 'x-csrf-token': token }), token)).not.toThrow();
    for (const [headers, sessionToken] of [
      [{}, token],
      [{ 'x-csrf-token': '' }, token],
      [{ 'x-csrf-token': token.toUpperCase() }, token],
      [{ 'x-csrf-token': `${token}x` }, token],
      [{ 'x-csrf-token': `${token}, ${token}` }, token],
      [{ 'x-csrf-token': token }, undefined],
    ] as const) {
      expect(() => protection.check(client(headers), sessionToken)).toThrow(RcsError);
    }
  });

  it('hands the token out with the name of the header to send it in', () => {
    expect(protection.handOut(token)).toEqual({ 'X-CSRF-HEADER': 'X-CSRF-TOKEN', 'X-CSRF-TOKEN': token });
  });

  it('does nothing where it is switched off', () => {
    const off = new CsrfProtection({ enableCsrfProtection: false, csrfExemptions: [] });
    expect(off.demands('POST', client())).toBe(false);
    expect(off.handOut(token)).toEqual({});
  });

  describe('exemptions', () => {
    const with_ = (...csrfExemptions: { userName?: string; address?: string }[]) =>
      new CsrfProtection({ enableCsrfProtection: true, csrfExemptions });

    it.each([
      ['the user', { userName: 'speechminer' }, client({}, 'speechminer'), true],
      ['another user', { userName: 'speechminer' }, client({}, 'speechminer2'), false],
      ['the address', { address: '10.1.2.3' }, client(), true],
      ['another address', { address: '10.1.2.4' }, client(), false],
      ['the network', { address: '10.1.0.0/16' }, client(), true],
      ['another network', { address: '10.2.0.0/16' }, client(), false],
      ['an IPv6 network', { address: 'fd00::/8' }, client({}, 'a', 'fd12::1'), true],
      ['another family', { address: 'fd00::/8' }, client(), false],
      ['an address that is none', { address: '0.0.0.0/0' }, client({}, 'a', 'unknown'), false],
      ['user and address', { userName: 'a', address: '10.0.0.0/8' }, client({}, 'a'), true],
      ['the user elsewhere', { userName: 'a', address: '10.0.0.0/8' }, client({}, 'a', '192.168.0.1'), false],
      ['a browser', { userName: 'anthony' }, client({ origin: 'https://a.test' }), false],
      ['a browser without Origin', { userName: 'anthony' }, client({ 'sec-fetch-site': 'cross-site' }), false],
    ])('%s', (_, exemption, who, exempt) => {
      expect(with_(exemption).demands('POST', who)).toBe(!exempt);
    });

    it('hold one by one', () => {
      const protection = with_({ userName: 'a', address: '10.0.0.0/8' }, { userName: 'b' });
      expect(protection.demands('POST', client({}, 'b', '192.168.0.1'))).toBe(false);
      expect(protection.demands('POST', client({}, 'a', '192.168.0.1'))).toBe(true);
    });
  });
});
