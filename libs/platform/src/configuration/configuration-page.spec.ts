import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationPage } from './configuration-page.js';

describe(configurationPage.name, () => {
  it('is what docs/configuration.md says; run `npm run docs` when this fails', () => {
    expect(readFileSync(join(__dirname, '../../../../docs/configuration.md'), 'utf8')).toBe(configurationPage());
  });

  it('has defaults, bounds, secrets and meanings', () => {
    expect(configurationPage()).toContain('| `keyVault.listen.port` | number, 0 to 65535 | `7443` |');
    expect(configurationPage()).toMatch(/\| `redis\.password` \| secret \|/);
    expect(configurationPage()).toMatch(/\| `internalTls\.caFile` \| text \| required \| Certificates of the internal/);
  });
});
