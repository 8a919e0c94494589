import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TokenError } from '#pkcs11';
import { recordingKey } from '../../libs/pkcs11/src/testing/recording-key.js';
import { ShimToken } from '../../libs/pkcs11/src/testing/shim-token.js';
import type { TokenOptions } from '../../libs/pkcs11/src/token-options.js';
import { Token } from '../../libs/pkcs11/src/token.js';

jest.setTimeout(120_000);

const played = new ShimToken();
const soon = (): AbortSignal => AbortSignal.timeout(30_000);

// A second one of this label.
beforeAll(() => played.softHsm.initialise('recordings'));
afterEach(() => played.shim.play());
afterAll(() => played.remove());

function errorOf(options: TokenOptions): TokenError {
  try {
    Token.open(options);
  } catch (error) {
    if (error instanceof TokenError) return error;
  }
  throw new Error('it was opened');
}

const withModule = (modulePath: string): TokenOptions => ({
  ...played.options,
  uri: `pkcs11:token=recordings?module-path=${modulePath}`,
});

/** A file that the dynamic loader takes for a library of a 32-bit machine. */
function ofAnotherMachine(): string {
  const library = readFileSync(played.shim.modulePath);
  library[4] = 1;
  const path = join(played.shim.directory, 'another-machine.so');
  writeFileSync(path, library);
  return path;
}

it.each([
  ['is not there', () => '/nonexistent.so', /No such file.*check module-path/],
  ['is no library', () => '/etc/passwd', /ELF header.*check module-path/],
  ['is of another machine', ofAnotherMachine, /wrong ELF class.*made for this machine/],
])('a module that %s: one line with the option and the reason', (_, path, text) => {
  const { failure, message } = errorOf(withModule(path()));
  expect(failure).toBe('unsupported');
  expect(message).toMatch(text);
  expect(message).not.toContain('\n');
});

it('a token that is not there, and two of one label: what to look at', () => {
  const missing = { ...played.options, uri: played.uri.replace('recordings', 'nowhere') };
  expect(errorOf(missing).message).toMatch(/"nowhere".*token, serial and slot-id.*rcsctl vault doctor/);
  expect(errorOf(played.options)).toMatchObject({
    failure: 'refused',
    message: expect.stringMatching(/several tokens match "recordings": add the serial number/) as string,
  });
});

it.each([
  ['slot-description=SoftHSM%20slot%200', 'no slot holds the token'],
  ['slot-manufacturer=Another', 'no slot holds the token'],
  ['library-manufacturer=Another', 'another than library-... of the URI names: SoftHSM'],
  ['library-version=3', 'another than library-... of the URI names: SoftHSM'],
])('a URI with %s, which is not so, names what is', (attribute, text) => {
  const uri = played.uri.replace('?', `;${attribute}?`);
  expect(errorOf({ ...played.options, uri }).message).toContain(text);
});

describe('a token', () => {
  const single = new ShimToken();
  let token: Token;

  beforeAll(() => {
    token = Token.open(single.options);
  });
  afterAll(async () => {
    token.close();
    await token.closed;
    single.remove();
  });

  it('is found by what the URI says of its slot and its module', async () => {
    const attributes = 'slot-manufacturer=SoftHSM%20project;library-manufacturer=SoftHSM;library-version=2.6';
    const described = Token.open({ ...single.options, uri: single.uri.replace('?', `;${attributes}?`) });
    expect(described.description?.label).toBe('recordings');
    described.close();
    await described.closed;
  });

  it('that is taken out in the middle of an import says so with its code, and nothing is left when it is back', async () => {
    const { pair } = await recordingKey('9350/in-between');
    single.shim.play('fail C_Decrypt 0x32', 'fail C_GetTokenInfo 0x32', 'fail C_OpenSession 0xe0');
    const refused = await token.importKeyPair(pair, soon()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ failure: 'unavailable' });
    expect((refused as TokenError).message).toMatch(/CKR_DEVICE_REMOVED|CKR_TOKEN_NOT_PRESENT/);
    single.shim.play();
    for (const limit = Date.now() + 15_000; token.state.kind !== 'open' && Date.now() < limit;) await delay(20);
    await token.refreshKeys(soon());
    expect(token.keys).toEqual([]);
    expect((await token.importKeyPair(pair, soon())).created).toBe(true);
  });
});
