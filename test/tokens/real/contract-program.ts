/**
 * `contract-program.ts FILE`: the contract with the token that the file describes, one operation after the other; what each
 * answered is printed as JSON. A program of its own, since a module takes its configuration from the environment of its
 * process, and may work in namespaces of its own alone.
 */
import { readFileSync } from 'node:fs';
import { answerOf, cellOf, operations } from '../operations.js';
import { byOwnTool, withDoctor } from './beside-the-product.js';
import type { ContractCells, DescribedToken } from './contract-cells.js';
import { importWays } from './import-ways.js';
import { optionsOf, withToken } from './open-token.js';
import { afterItsModuleWasKilled, besideAnother, keyOfAnotherProcess } from './several-processes.js';

const isUnwrapping = (name: string): boolean => /^(unwrap|reject)/.test(name);

async function run(described: DescribedToken): Promise<ContractCells> {
  const cells: Record<string, string> = {};
  await withToken(optionsOf(described), async token => {
    for (const operation of operations.slice(0, -1)) cells[operation.name] = await cellOf(operation, token);
    await withToken(optionsOf(described, { paddings: 'in-token' }), async inToken => {
      for (const operation of operations.filter(({ name }) => isUnwrapping(name))) {
        cells[`in the token: ${operation.name}`] = await cellOf(operation, inToken);
      }
    });
    Object.assign(cells, await importWays(described));
    cells["bring a key by the token's own tool"] = await answerOf(() =>
      // A token of its own: where objects are read once, each looks for new ones once a minute.
      withToken(optionsOf(described), another => byOwnTool(another, described)),
    );
    cells['another token of the module beside it'] = await answerOf(() => besideAnother(token, described));
    cells['find a key of another process'] = await answerOf(() => keyOfAnotherProcess(token, described));
    cells['come back after its module was killed'] = await answerOf(() => afterItsModuleWasKilled(token));
    cells['rcsctl vault doctor'] = await answerOf(() => withDoctor(described));
    for (const operation of operations.slice(-1)) cells[operation.name] = await cellOf(operation, token);
    if (token.state.kind !== 'open') throw new Error(`the token is ${token.state.kind} at the end`);
  });
  return cells;
}

const described = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as DescribedToken;
run(described).then(
  cells => process.stdout.write(`${JSON.stringify(cells)}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
