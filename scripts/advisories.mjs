import { execFile } from 'node:child_process';

/** A registry that hangs must not hold the tests. */
const timeoutMs = 20_000;

/**
 * Asks the registry for advisories about what is shipped. Resolves to the number of packages with one, or to undefined
 * and the reason where the registry gives no answer.
 */
export function askForAdvisories(cwd) {
  const options = { cwd, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 };
  return new Promise(resolve => {
    execFile('npm', ['audit', '--omit=dev', '--json'], options, (error, stdout) => {
      if (error?.killed === true) return resolve({ reason: `no answer within ${timeoutMs / 1000} s` });
      try {
        const { metadata, message, error: problem } = JSON.parse(stdout);
        const vulnerable = metadata?.vulnerabilities?.total;
        resolve(vulnerable === undefined ? { reason: message ?? problem?.summary ?? 'no answer' } : { vulnerable });
      } catch {
        resolve({ reason: error?.message.split('\n')[0] ?? 'no answer' });
      }
    });
  });
}
