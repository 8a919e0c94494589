/**
 * Imported first by every script that starts programs of the project. Where the running Node is one that the project does not
 * support, the script runs again under the Node that it does, and this process only passes signals and the exit status on.
 */
import { join } from 'node:path';
import { fetchRuntime, isSupported, runtimeEnvironment, shippedLine } from './runtime.mjs';
import { runChild } from './run-child.mjs';

if (!isSupported(process.versions.node)) {
  const runtime = runtimeOrEnd();
  const args = [...process.execArgv, ...process.argv.slice(1)];
  runChild(join(runtime, 'bin/node'), args, { env: runtimeEnvironment(runtime) });
  // What imports this module goes on in the other process only.
  await new Promise(() => {});
}

function runtimeOrEnd() {
  try {
    return fetchRuntime(shippedLine);
  } catch (error) {
    process.stderr.write(
      `Node ${process.versions.node} is not supported, and another could not be fetched (${error.message}): install Node ${shippedLine}, or 22.12 or newer.\n`,
    );
    process.exit(1);
  }
}
