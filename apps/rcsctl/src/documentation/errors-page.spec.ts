import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsPage } from './errors-page.js';

describe(errorsPage.name, () => {
  it('is what docs/errors.md says; run `npm run docs` when this fails', () => {
    expect(readFileSync(join(__dirname, '../../../../docs/errors.md'), 'utf8')).toBe(errorsPage());
  });
});
