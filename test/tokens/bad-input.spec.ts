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
const single = new ShimToken();
const soon = (): AbortSignal => AbortSignal.timeout(30_000);

// A second one of this label.
beforeAll(() => played.softHsm.initialise('recordings'));
afterEach(() => played.shim.play());
afterAll(() => {
  played.remove();
  single.remove();
});

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

/** A real library, whose ELF header names another machine (e_machine, EM_AARCH64). */
function ofAnotherMachine(): string {
  const library = readFileSync(played.shim.modulePath);
  library.writeUInt16LE(183, 18);
  const path = join(played.shim.directory, 'another-machine.so');
  writeFileSync(path, library);
  return path;
}

/** The same of another class (EI_CLASS): 32 bits. */
function of32Bits(): string {
  const library = readFileSync(played.shim.modulePath);
  library[4] = 1;
  const path = join(played.shim.directory, 'of-32-bits.so');
  writeFileSync(path, library);
  return path;
}

/** How an import ends in a token that is well until the rules are played. */
async function refusedImport(...rules: readonly string[]): Promise<string> {
  const token = Token.open(single.options);
  const { pair } = await recordingKey('9350/bad-input');
  single.shim.play(...rules);
  try {
    const outcome = await token.importKeyPair(pair, soon()).catch((error: unknown) => error);
    if (outcome instanceof TokenError) return outcome.message;
    throw new Error('it was imported');
  } finally {
    single.shim.play();
    token.close();
    await token.closed;
  }
}

interface BadInput {
  readonly what: string;
  readonly message: () => string | Promise<string>;
  /** What of the configuration it is about. */
  readonly option: RegExp;
  /** The return value of the token, or why there is none. */
  readonly answered: RegExp;
}

const loading = (what: string, path: () => string, answered: RegExp): BadInput => ({
  what,
  message: () => errorOf(withModule(path())).message,
  option: /module-path/,
  answered,
});
const opening = (what: string, options: () => TokenOptions, answered: RegExp): BadInput => ({
  what,
  message: () => errorOf(options()).message,
  option: /of the URI|to the URI|of uri/,
  answered,
});
const changing = (what: string, answered: RegExp, ...rules: readonly string[]): BadInput => ({
  what,
  message: () => refusedImport(...rules),
  option: /token "recordings" of uri/,
  answered,
});
const everyWayIn = (ckr: string): string[] => ['C_CreateObject', 'C_UnwrapKey'].map(call => `fail ${call} ${ckr}`);

const badInput: readonly BadInput[] = [
  loading('a module that is not there', () => '/nonexistent.so', /No such file/),
  loading('a module that is no library', () => '/etc/passwd', /ELF header/),
  loading('a module of another machine', ofAnotherMachine, /made for aarch64, this process for/),
  loading('a module of 32 bits', of32Bits, /wrong ELF class/),
  loading('a library that is no PKCS#11 module', () => 'libm.so.6', /C_GetFunctionList/),
  opening(
    'no such token',
    () => ({ ...played.options, uri: played.uri.replace('recordings', 'nowhere') }),
    /no slot holds the token "nowhere"/,
  ),
  opening('two tokens of one label', () => played.options, /several tokens match "recordings"/),
  changing('a token that is full', /CKR_DEVICE_MEMORY/, ...everyWayIn('0x31')),
  changing('a token that is write-protected', /CKR_TOKEN_WRITE_PROTECTED/, ...everyWayIn('0xe2')),
  changing(
    'a token that is taken out in the middle',
    /CKR_DEVICE_REMOVED|CKR_TOKEN_NOT_PRESENT/,
    'fail C_Decrypt 0x32',
    'fail C_GetTokenInfo 0x32',
    'fail C_OpenSession 0xe0',
  ),
];
const nextStep = /: (?:check|add|remove|allow|give|set) [^:]+$/;

it.each(badInput)('$what: one line with the option, the answer and the next step', async row => {
  const message = await row.message();
  expect(message).not.toContain('\n');
  for (const demand of [row.option, row.answered, nextStep]) expect(message).toMatch(demand);
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
  let token: Token;

  beforeAll(() => {
    token = Token.open(single.options);
  });
  afterAll(async () => {
    token.close();
    await token.closed;
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
