import type { IncomingMessage } from 'node:http';

/** What a proxy or a browser adds: neither speaks for somebody on this machine. */
const foreignHeaders = ['origin', 'forwarded', 'x-forwarded-for', 'x-real-ip', 'via', 'sec-fetch-site'];

/** Whether somebody on this machine (or in the same pod) asks, and neither a proxy nor a page in a browser. */
export function isLocalCaller({ socket, headers }: IncomingMessage): boolean {
  if (foreignHeaders.some(name => headers[name] !== undefined)) return false;
  // A page in a browser reaches this port under a name of its own that resolves to the loopback address.
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  return isLoopback(socket.remoteAddress ?? '') && (host === 'localhost' || host === '[::1]' || isLoopback(host));
}

const isLoopback = (address: string): boolean => /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address);
