import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const screenshots = join(__dirname, '../../../.cache/screenshots');
/** Every page and dialog as a picture, for who wants to look at them: they take a third of the time. */
export const takesPictures = process.env.CONSOLE_SCREENSHOTS === 'true';
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** A picture of what is shown now, where they are asked for. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (!takesPictures) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), animations: 'disabled' });
}

/** What axe finds serious or critical on what is shown now. */
export async function axeFindings(page: Page, name: string): Promise<string[]> {
  await takePicture(page, name);
  await page.evaluate(axe);
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${name}: ${id}, ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}
