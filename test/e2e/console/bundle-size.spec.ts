import { join } from 'node:path';
import { mostPlayerBundleBytes, playerBundle } from '#test/console-bundle.js';

it('the page of the player, with everything that it needs, is less than 300 kB compressed', () => {
  const { compressedBytes, scripts } = playerBundle(join(__dirname, '../../../dist/console'));
  process.stderr.write(`the page of the player: ${compressedBytes} bytes compressed\n`);
  expect(scripts).toBeGreaterThanOrEqual(2);
  expect(compressedBytes).toBeLessThan(mostPlayerBundleBytes);
});
