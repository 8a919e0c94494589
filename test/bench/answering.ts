import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const patienceMs = 10_000;

/** Resolves once a server answers anything at all. @throws Error after ten seconds. */
export async function answering(url: string): Promise<void> {
  for (const end = performance.now() + patienceMs; ;) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1000) });
      return;
    } catch (error) {
      if (performance.now() > end) throw new Error(`${url} does not answer`, { cause: error });
      await setTimeout(100);
    }
  }
}

/** Resolves once somebody listens at a port of this host. @throws Error after ten seconds. */
export async function listening(port: number): Promise<void> {
  for (const end = performance.now() + patienceMs; ;) {
    const isThere = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isThere) return;
    if (performance.now() > end) throw new Error(`nobody listens at port ${port}`);
    await setTimeout(100);
  }
}
