import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { HostedToken } from '../host/hosted-token.js';

const patienceMs = 30_000;

/** A program (URI, PIN, environment of the module): loses the process of its token while it has no descriptor left; prints the state of the token after that, and why the process ended. */
async function main(): Promise<void> {
  const [, , uri = '', pin = '', environment = ''] = process.argv;
  const reasons: string[] = [];
  const token = await HostedToken.open({
    uri,
    pin,
    sessions: 1,
    queueLimit: 1,
    operationTimeoutMs: 10_000,
    openTimeoutMs: 30_000,
    environment: JSON.parse(environment) as NodeJS.ProcessEnv,
    observer: {
      executed: () => undefined,
      processEnded: (_, reason) => reasons.push(reason),
      stateChanged: () => undefined,
    },
  });
  const until = async (condition: () => boolean): Promise<void> => {
    for (const limit = Date.now() + patienceMs; !condition() && Date.now() < limit;) await delay(10);
  };
  process.kill(token.pid ?? 0, 'SIGKILL');
  await until(() => token.pid === undefined);
  const held = allDescriptors();
  await until(() => reasons.some(reason => reason.includes('EMFILE')));
  held.forEach(closeSync);
  await until(() => token.state.kind === 'open');
  process.stdout.write(`${token.state.kind} after ${reasons.at(-1)}`);
  token.close();
  await token.closed;
}

function allDescriptors(): number[] {
  const held: number[] = [];
  try {
    for (;;) held.push(openSync('/dev/null', 'r'));
  } catch {
    return held;
  }
}

void main();
