import { connect } from 'node:net';
import type { AnswerPlace } from '#http-answers';

/** A way to a worker of this host, through its socket. */
export const throughSocket = (path: string): AnswerPlace => ({
  host: 'worker.socket',
  standsAt: 'connect',
  connect: onread => connect({ path, onread }),
});
