import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import type { ReadyLine } from '../support/cluster/running-cluster.js';

/** An address that plays without credentials, as a page gives it to a player. */
export function ticketUrl({ gateway, caFile, users }: ReadyLine, id: string): Promise<string> {
  const [user] = users;
  if (user === undefined) throw new Error('the cluster has no user');
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', ca: readFileSync(caFile), auth: `${user.name}:${user.password}` };
    const asking = request(`${gateway}/api/v2/recordings/${id}/play-tickets`, options, answer => {
      if (answer.statusCode !== 201) reject(new Error(`no ticket: ${answer.statusCode ?? 0}`));
      json(answer).then(ticket => resolve((ticket as { playUri: string }).playUri), reject);
    });
    asking.on('error', reject).end();
  });
}
