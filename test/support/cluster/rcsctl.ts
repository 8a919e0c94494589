import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const timeoutMs = 120_000;

/** Runs the command line of this build against a cluster of the quickstart, as its administrator does. */
export function rcsctl(
  repository: string,
  dataDirectory: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const tls = join(dataDirectory, 'internal-tls');
  const env = {
    ...process.env,
    RCS_CONFIG: join(dataDirectory, 'application.yaml'),
    RCS_INTERNAL_TLS__CA_FILE: join(tls, 'ca.pem'),
    RCS_INTERNAL_TLS__CERTIFICATE_FILE: join(tls, 'rcsctl.pem'),
    RCS_INTERNAL_TLS__KEY_FILE: join(tls, 'rcsctl.key'),
    ...environment,
  };
  const program = join(repository, 'dist/apps/rcsctl/main.js');
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...parameters], { env, timeout: timeoutMs }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === 'number') resolve({ status, stdout, stderr });
      else reject(new Error(`rcsctl ${parameters.join(' ')} did not end by itself: ${stderr}`, { cause: error }));
    });
  });
}
