import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const answersOf = new WeakMap<Socket, Set<ServerResponse>>();

/** Keeps track of the answers that are due or under way on each connection of the server. */
export function trackAnswers(server: Pick<Server, 'prependListener'>): void {
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const answers = answersOf.get(socket) ?? new Set();
    answersOf.set(socket, answers.add(response));
    response.once('close', () => answers.delete(response));
  });
}

/** The request on the connection whose answer is due, where there is one. */
export const unansweredRequest = (socket: Socket): IncomingMessage | undefined =>
  [...(answersOf.get(socket) ?? [])].find(answer => !answer.writableFinished)?.req;

/**
 * Whether bytes written to the connection now would be taken for the next answer on it: none is under way, and none that
 * was asked for earlier is still due.
 */
export function isTurnToAnswer(socket: Socket): boolean {
  const open = [...(answersOf.get(socket) ?? [])].filter(answer => !answer.writableFinished);
  return open.length <= 1 && !open.some(({ headersSent }) => headersSent);
}
