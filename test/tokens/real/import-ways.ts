import { TokenError } from '#pkcs11';
import { recordingKey } from '../../../libs/pkcs11/src/testing/recording-key.js';
import { Shim } from '../../../libs/pkcs11/src/testing/shim.js';
import type { ContractCells, DescribedToken } from './contract-cells.js';
import { optionsOf, soon, withToken } from './open-token.js';

const [secretKey, privateKey] = ['4', '3'];
const refused = '0x54';
const notThese = (...functions: readonly string[]): string[] => functions.map(name => `fail ${name} ${refused}`);
const notCreated = [secretKey, privateKey].map(type => `refuse-class C_CreateObject ${type} ${refused}`);

interface Way {
  /** What the error of an import calls it. */
  readonly name: string;
  readonly rules: readonly string[];
}

/** Each way in is the only one that is left open; the rules refuse the others before the token is asked. */
const ways: Readonly<Record<string, Way>> = {
  'under a key that is given': {
    name: 'unwrapping by a key that was given',
    rules: [`refuse-class C_CreateObject ${privateKey} ${refused}`, ...notThese('C_GenerateKey', 'C_GenerateKeyPair')],
  },
  'under a public key of the token': {
    name: 'unwrapping under a public key of the token',
    rules: [...notCreated, ...notThese('C_GenerateKey')],
  },
  'under a key that is made there': {
    name: 'unwrapping by a key that was made there',
    rules: [...notCreated, ...notThese('C_GenerateKeyPair')],
  },
  'by C_CreateObject': { name: 'C_CreateObject', rules: notThese('C_UnwrapKey') },
};

/** Which ways a private key can come in. */
export async function importWays(described: DescribedToken): Promise<ContractCells> {
  const shim = new Shim(described, 'as it is');
  const always = described.settings.initialisation === undefined ? [] : ['pass-reserved'];
  const uri = described.uri.replace(described.modulePath, shim.modulePath);
  const cells: Record<string, string> = {};
  try {
    shim.play(...always);
    await withToken(optionsOf({ ...described, uri }), async token => {
      for (const [way, { name, rules }] of Object.entries(ways)) {
        shim.play(...always, ...rules);
        const { pair } = await recordingKey(`9350/${way}`);
        cells[`import ${way}`] = await importedBy(name, async () => {
          if (!(await token.importKeyPair(pair, soon())).created) return 'NOT MADE';
          await token.removeKey({ id: pair.keyIdentifier, labels: [pair.label] }, soon());
          return 'yes';
        });
      }
    });
  } finally {
    shim.remove();
  }
  return cells;
}

/** What the token answered to this way, which need not be the last one that was tried. */
async function importedBy(way: string, work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const start = error.message.indexOf(`${way}: CKR_`);
    if (error.failure !== 'refused') return error.failure;
    return start < 0 ? 'not offered' : `refused, ${/CKR_\w+/.exec(error.message.slice(start))?.[0] ?? ''}`;
  }
}
