import { setFlagsFromString } from 'node:v8';
import { growYoungGeneration, youngBytes } from '../young-generation.js';

/** Lets its young generation grow, and then has much that survives collections; says how large it was at each time. */
function main(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  const sizes = [youngBytes()];
  growYoungGeneration();
  sizes.push(youngBytes());
  let kept: object[] = [];
  for (let round = 0; round < 300; round++) {
    for (let index = 0; index < 1000; index++) kept.push({ round, index });
    if (kept.length > 30_000) kept = kept.slice(20_000);
  }
  sizes.push(youngBytes());
  process.stdout.write(JSON.stringify(sizes));
}

main();
