import { behind, isNamed } from './vault-addresses.js';

describe(behind.name, () => {
  it.each([
    ['several IPv4 addresses', ['10.0.0.2', '10.0.0.1'], ['10.0.0.1:7443', '10.0.0.2:7443']],
    ['both families', ['10.0.0.1', 'fd00::1', '10.0.0.2', 'fd00::2'], ['10.0.0.1:7443', '10.0.0.2:7443']],
    ['IPv6 alone', ['fd00::1', 'fd00::2'], ['[fd00::1]:7443', '[fd00::2]:7443']],
  ])('makes a vault of each of %s, under the name', (_, found, addresses) => {
    const vaults = behind('vault:7443', found);
    expect(vaults.map(({ address }) => address)).toEqual(addresses);
    expect(new Set(vaults.map(({ serverName }) => serverName))).toEqual(new Set(['vault']));
  });

  it.each([[['10.0.0.1']], [['127.0.0.1', '::1']], [[]], [['10.0.0.1', '10.0.0.1']]])(
    'leaves a name that leads to %j a name',
    found => expect(behind('vault:7443', found)).toEqual([{ address: 'vault:7443', serverName: 'vault' }]),
  );
});

it.each([
  ['vault:7443', true],
  ['10.0.0.1:7443', false],
  ['[fd00::1]:7443', false],
])('%s is looked up: %s', (address, expected) => expect(isNamed(address)).toBe(expected));
