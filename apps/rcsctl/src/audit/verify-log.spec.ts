import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditLog } from '#store';
import { verifyLog } from './verify-log.js';

describe(verifyLog.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-verify-'));
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it('names the option of the checkpoints where the records lie in PostgreSQL', async () => {
    const config = join(work, 'application.yaml');
    writeFileSync(config, 'store: { kind: postgresql, postgresql: { hosts: ["127.0.0.1:5432"], password: secret } }\n');
    await expect(verifyLog({} as AuditLog, { config, ca: 'ca.pem' })).rejects.toThrow(
      'audit.checkpointFile: name the checkpoints of a gateway, there or by --checkpoints',
    );
  });
});
