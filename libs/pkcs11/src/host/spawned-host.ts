import { spawn, type ChildProcess } from 'node:child_process';
import { Duplex } from 'node:stream';
import { hostCommand, hostEnvironment } from './host-command.js';

/** A host that was started, and the channel to it. */
export interface SpawnedHost {
  /** Undefined where the system had no room for another process. */
  readonly child: ChildProcess | undefined;
  readonly channel: Duplex;
}

/** Where the fourth descriptor of a host leads, as it sees it. */
const channelDescriptor = 3;

/** @param failed told in a later turn when there is no process: no program, no memory, no descriptor */
export function spawnHost(
  environment: NodeJS.ProcessEnv,
  threads: number,
  failed: (error: Error) => void,
): SpawnedHost {
  const [program, ...args] = hostCommand();
  try {
    // What a module prints is no part of our own output.
    const child = spawn(program, args, {
      env: hostEnvironment(environment, threads),
      stdio: ['ignore', 2, 2, 'pipe'],
    });
    child.once('error', failed);
    // Node makes no streams where it has no descriptors left (EMFILE), whatever its types say.
    const streams = child.stdio as ChildProcess['stdio'] | undefined;
    return { child, channel: (streams?.[channelDescriptor] as Duplex | undefined) ?? toNobody() };
  } catch (error) {
    setImmediate(() => failed(error instanceof Error ? error : new Error(String(error))));
    return { child: undefined, channel: toNobody() };
  }
}

const toNobody = (): Duplex => new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
