import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { BlockCoverage } from './coverage.js';
import { runFuzzTarget } from './fuzz-target.js';
import { mutate, seededRandom } from './mutations.js';

/** Inputs have at most 64 KiB; nothing about them may take this long. */
const maximumMillisecondsPerInput = 2000;

/**
 * Changes the inputs of the corpus over and over and keeps what reaches new code. `--seconds N`, `--seed N`, `--corpus
 * DIRECTORY`, `--failures DIRECTORY`; `--save` writes what was kept into the corpus.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      corpus: { type: 'string' },
      failures: { type: 'string' },
      save: { type: 'boolean', default: false },
    },
  });
  const { corpus, failures } = values;
  if (corpus === undefined || failures === undefined) throw new Error('--corpus and --failures are needed');
  const random = seededRandom(Number(values.seed));
  const inputs: Buffer[] = readdirSync(corpus).map(name => readFileSync(join(corpus, name)));
  const coverage = new BlockCoverage('/libs/cms/');
  await coverage.start();

  const given = inputs.length;
  const end = performance.now() + Number(values.seconds) * 1000;
  let runs = 0;
  const run = async (input: Buffer): Promise<boolean> => {
    const began = performance.now();
    try {
      await runFuzzTarget(input);
      const took = performance.now() - began;
      if (took > maximumMillisecondsPerInput) throw new Error(`the input took ${Math.round(took)} ms`);
    } catch (error) {
      mkdirSync(failures, { recursive: true });
      const file = join(failures, `${nameOf(input)}.ber`);
      writeFileSync(file, input);
      throw new Error(`seed ${values.seed}, run ${runs}: see ${file}`, { cause: error });
    }
    runs++;
    return (await coverage.takeNew()) > 0;
  };

  for (const input of [...inputs]) await run(input);
  while (performance.now() < end) {
    const pick = (): Buffer => inputs[random(inputs.length)] ?? Buffer.alloc(0);
    const input = mutate(pick(), pick(), random);
    if (!(await run(input))) continue;
    inputs.push(input);
    if (values.save) writeFileSync(join(corpus, `${nameOf(input)}.ber`), input);
  }
  coverage.stop();
  const found = inputs.length - given;
  process.stdout.write(`seed ${values.seed}: ${runs} inputs, ${coverage.size} blocks, ${found} new kinds of input\n`);
  return 0;
}

const nameOf = (input: Buffer): string => createHash('sha256').update(input).digest('hex').slice(0, 16);

main().then(
  code => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${inspect(error)}\n`);
    process.exit(1);
  },
);
