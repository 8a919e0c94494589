import { execFileSync } from 'node:child_process';
import { createMetricsRegistry } from './metrics-registry.js';

jest.setTimeout(60_000);

describe(createMetricsRegistry.name, () => {
  const registry = createMetricsRegistry('key-vault', '1.2.3');

  it('says which build runs, on which Node, in which component', async () => {
    expect(await registry.metrics()).toContain(
      `rcs_build_info{version="1.2.3",node="${process.version}",component="key-vault"} 1`,
    );
  });

  it('measures the delay of the event loop', async () => {
    expect(await registry.metrics()).toMatch(/^nodejs_eventloop_lag_p99_seconds\{component="key-vault"\} [\d.e-]+$/m);
  });

  it('is what promtool finds well-formed and well-named', async () => {
    expect(execFileSync('promtool', ['check', 'metrics'], { input: await registry.metrics(), encoding: 'utf8' })).toBe(
      '',
    );
  });
});
