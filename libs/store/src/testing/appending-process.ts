import { openSqliteStore } from '../sqlite/open-sqlite-store.js';

/**
 * A process that appends to the audit log without end, eight at a time, and tells each outcome on its own line:
 * `ok <sequence> <hash>` once the record is durable, or `error <code>`. Arguments: directory, writer.
 */
async function main(): Promise<void> {
  const [directory = '', auditWriter = ''] = process.argv.slice(2);
  const { audit } = await openSqliteStore({ directory, auditWriter });
  const appendForever = async (): Promise<never> => {
    for (;;) {
      try {
        const { sequence, hash } = await audit.append({
          event: 'playback',
          outcome: 'allowed',
          detail: 'x'.repeat(500),
        });
        process.stdout.write(`ok ${sequence} ${hash}\n`);
      } catch (error) {
        process.stdout.write(`error ${String((error as { code?: unknown }).code)}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, appendForever));
}

void main();
