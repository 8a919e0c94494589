import { connect } from 'node:net';
import { request } from 'undici';

const probeTimeoutMs = 2000;

/** Whether somebody accepts connections on the port. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(probeTimeoutMs, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** Whether the URL answers 200. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(probeTimeoutMs) });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
