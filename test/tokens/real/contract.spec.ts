import { NssToken } from '#test/tokens/nss-token.js';
import { OpencryptokiToken } from '#test/tokens/opencryptoki-token.js';
import { P11KitClientToken } from '#test/tokens/p11-kit-client-token.js';
import type { RealToken } from '#test/tokens/real-token.js';
import { expectOnThePage } from '../tokens-page.js';
import type { ContractCells } from './contract-cells.js';
import { runContract } from './run-contract.js';

jest.setTimeout(600_000);

const tokens: Readonly<Record<string, () => RealToken | Promise<RealToken>>> = {
  opencryptoki: () => new OpencryptokiToken(),
  'NSS softokn': () => new NssToken(),
  'p11-kit client': () => P11KitClientToken.make(),
};
const columns = new Map<string, ContractCells>();

it.each(Object.entries(tokens))('%s keeps the contract', async (name, make) => {
  const token = await make();
  try {
    const cells = await runContract(token);
    columns.set(name, cells);
    // Whatever it cannot do, it opens nothing wrongly, is not lost, and says so by what its caller can act on.
    const answers = Object.values(cells);
    expect(answers.filter(cell => /[A-Z]{5}/.test(cell.replaceAll(/CKR_\w+/g, '')))).toEqual([]);
    expect(answers.filter(cell => /internal|unavailable|busy|pin/.test(cell))).toEqual([]);
  } finally {
    await token.remove();
  }
});

it('is what the page of tokens shows', () => expectOnThePage('test/tokens/real/contract.spec.ts', columns));
