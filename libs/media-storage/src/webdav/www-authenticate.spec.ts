import { parseChallenges } from './www-authenticate.js';

const read = (field: string): unknown =>
  parseChallenges(field).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe(parseChallenges.name, () => {
  it.each<[string, unknown]>([
    ['Basic realm="simple"', [['basic', { realm: 'simple' }]]],
    ['Basic', [['basic', {}]]],
    ['Negotiate, Basic realm=x', [['negotiate', {}], ['basic', { realm: 'x' }]]], // prettier-ignore
    [
      'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
      [
        ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
        ['basic', { realm: 'simple' }],
      ],
    ],
    ['Digest realm="Basic realm=\\"x\\", Digest", nonce="n"', [['digest', { realm: 'Basic realm="x", Digest', nonce: 'n' }]]], // prettier-ignore
    [' , ,Basic  realm = "a" ,, charset="UTF-8",', [['basic', { realm: 'a', charset: 'UTF-8' }]]],
    ['Basic realm="unfinished', [['basic', {}]]],
    ['', []],
  ])('%s', (field, challenges) => {
    expect(read(field)).toEqual(challenges);
  });

  it('reads long hostile fields in linear time', () => {
    const field = `${'a,'.repeat(20_000)}${'b="\\'.repeat(20_000)}`;
    expect(parseChallenges(field).length).toBeGreaterThanOrEqual(20_000);
  });
});
