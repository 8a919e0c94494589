import { realTokens } from '#test/tokens/real-tokens.js';
import { RealSoftHsmToken } from '#test/tokens/soft-hsm-token.js';
import { expectOnThePage } from '../tokens-page.js';
import type { ContractCells } from './contract-cells.js';
import { runContract } from './run-contract.js';

/** Building Kryoptic takes minutes. */
jest.setTimeout(1_200_000);

/**
 * After a label that is no C string this module's session stays in its operation for good. It happens only where the token
 * is made to judge paddings, which no vault asks of it: it offers raw RSA.
 */
const known: Readonly<Record<string, ContractCells>> = {
  'tpm2-pkcs11': { 'in the token: unwrap OAEP SHA-1 with a label': 'unavailable, CKR_GENERAL_ERROR' },
};
const columns = new Map<string, ContractCells>();

/** Every other test has it for its cluster; here it stands beside the others. */
const tokens: typeof realTokens = { SoftHSM: () => new RealSoftHsmToken(), ...realTokens };

it.each(Object.entries(tokens))('%s keeps the contract', async (name, make) => {
  const token = await make();
  try {
    const cells = await runContract(token);
    columns.set(name, cells);
    // Whatever it cannot do, it opens nothing wrongly, is not lost, and says so by what its caller can act on.
    const answers = Object.entries(cells)
      .filter(([operation, cell]) => known[name]?.[operation] !== cell)
      .map(([, cell]) => cell);
    expect(answers.filter(cell => /[A-Z]{5}/.test(cell.replaceAll(/CKR_\w+/g, '')))).toEqual([]);
    expect(answers.filter(cell => /internal|unavailable|busy|pin/.test(cell))).toEqual([]);
  } finally {
    await token.remove();
  }
});

it('is what the page of tokens shows', () => expectOnThePage('test/tokens/real/contract.spec.ts', columns));
