import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endingWithUs } from '#platform';
import { LargeAudit, type LargeAuditSize } from '#test/audit/large-audit.js';
import { countInTier } from '#test/tier.js';
import { resultOf } from './command-line.js';

jest.setTimeout(1_800_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-audit-memory-'));
const program = join(__dirname, '../../dist/apps/rcsctl/main.js');
const probe = join(work, 'probe.cjs');
afterAll(() => rmSync(work, { recursive: true, force: true }));

const small: LargeAuditSize = { writers: 20, recordsOfWriter: 100, checkpointsOfWriter: 5 };
const large: LargeAuditSize = {
  writers: countInTier(100, 300, 3000),
  recordsOfWriter: 100,
  checkpointsOfWriter: countInTier(10, 20, 10),
};
/** The caches of SQLite, which few records do not fill, are 52 MB; the rest is garbage that is not collected yet. */
const allowedMegabytes = 80;

interface Verified {
  readonly status: number;
  readonly records: number;
  readonly problems: number;
  readonly compared: number;
  /** The most memory that the process ever had. */
  readonly megabytes: number;
}

/** With a heap that does not grow, so that what is not in use is collected and not counted. */
async function verify(size: LargeAuditSize): Promise<Verified> {
  const directory = mkdtempSync(join(work, 'audit-'));
  const { store, caFile } = await LargeAudit.write(directory, size);
  const measured = join(directory, 'memory');
  writeFileSync(
    probe,
    "process.on('exit', () => require('node:fs').writeFileSync(process.env.MEASURED, String(process.resourceUsage().maxRSS)))",
  );
  const command = ['audit', 'verify', '--json', '--store', store, '--ca', caFile];
  const node = ['--require', probe, '--max-old-space-size=40', '--max-semi-space-size=2', program, ...command];
  const environment = { ...process.env, RCS_CONFIG: join(work, 'no-configuration.yaml'), MEASURED: measured };
  const child = spawn(...endingWithUs(process.execPath, node), { env: environment });
  const { status, stdout, stderr } = await resultOf(child);
  if (stdout === '') throw new Error(stderr);
  const { records, problemCount, checkpoints } = JSON.parse(stdout) as {
    records: number;
    problemCount: number;
    checkpoints: { compared: number };
  };
  const megabytes = Number(readFileSync(measured, 'utf8')) / 1024;
  return { status, records, problems: problemCount, compared: checkpoints.compared, megabytes };
}

it('rcsctl audit verify needs as much memory for many records, writers and checkpoints as for few', async () => {
  const [few, many] = [await verify(small), await verify(large)];
  process.stdout.write(`audit verify: ${JSON.stringify({ few, many })}\n`);
  for (const [size, verified] of [
    [small, few],
    [large, many],
  ] as const) {
    expect(verified).toMatchObject({
      status: 0,
      problems: 0,
      records: size.writers * size.recordsOfWriter,
      compared: size.writers * size.checkpointsOfWriter,
    });
  }
  expect(many.megabytes).toBeLessThan(few.megabytes + allowedMegabytes);
});
