import { recordingSettings, recordingSources } from './recording-source.schema.js';

const source = { url: 'https://rws.example:8090', contactCenter: 'cc-1', userName: 'rcs', password: 'secret' };
const other = { ...source, contactCenter: 'cc-2', userName: 'other' };
const problemsOf = (...sources: object[]): string[] =>
  recordingSources()
    .safeParse(sources)
    .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

describe('recordingSources', () => {
  it('takes one for each contact center, with an account of its own', () => {
    expect(problemsOf(source, other)).toEqual([]);
    expect(problemsOf(source, { ...other, url: 'https://rws2.example', userName: 'rcs' })).toEqual([]);
  });

  it('refuses two for one contact center, and one account for two', () => {
    expect(problemsOf(source, { ...other, contactCenter: 'cc-1' })).toEqual([expect.stringMatching(/^1 .*already/)]);
    for (const userName of ['rcs', 'RCS'])
      expect(problemsOf(source, { ...other, url: 'https://RWS.example:8090/gws', userName })).toEqual([
        expect.stringMatching(/^1 .*account/),
      ]);
  });

  it.each([
    'ftp://rws.example',
    'file:///etc/passwd',
    'https://user:password@rws.example',
    'https://rws.example/?a=1',
    'https://rws.example/#a',
    'rws.example',
  ])('refuses the url %s', url => {
    expect(problemsOf({ ...source, url })).not.toEqual([]);
  });

  it('refuses a user name that Basic cannot carry', () => {
    expect(problemsOf({ ...source, userName: 'a:b' })).not.toEqual([]);
  });
});

describe('recordingSettings', () => {
  it('takes the limits as Genesys RWS names them', () => {
    const limits = {
      recordCryptoServerDecryptMaxConnection: 50,
      recordCryptoServerDecryptMaxTotalConnection: 200,
      recordCryptoServerDecryptSocketTimeout: 30_000,
    };
    expect(recordingSettings().parse(limits)).toEqual(limits);
    expect(() => recordingSettings().parse({ ...limits, recordCryptoServerDecryptMaxConnection: 0 })).toThrow();
  });
});
