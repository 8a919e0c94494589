import type { Answer } from '../world/answer.js';
import type { Caller, Message } from '../world/caller.js';
import type { PropertyCluster } from '../world/property-cluster.js';
import { userIdOf, type Side } from './side.js';

/** Somebody of contact center B, or nobody. */
export interface Attacker {
  readonly name: string;
  /** Where it has any business at all; operators have it everywhere, and are no attackers elsewhere. */
  readonly comesTo?: (route: string) => boolean;
  send(message: Message): Promise<Answer>;
}

const eventStream = '/rcs/certificate-events';
const listenMs = 150;

export function attackers({ recorder, nobody }: PropertyCluster, b: Side): Attacker[] {
  return [
    person('agent', b.agent),
    person('supervisor', b.supervisor),
    person('administrator', b.admin),
    person('key administrator', b.keyAdministrator),
    { ...person('recorder', recorder), comesTo: route => route.startsWith('POST /internal-api/') },
    keyManagerClient(b),
    person('nobody', nobody),
  ];
}

function person(name: string, caller: Caller): Attacker {
  return { name, send: message => caller.send(message.path === eventStream ? { ...message, listenMs } : message) };
}

/** Genesys Cloud of B, with a Hawk signature on everything. */
function keyManagerClient({ genesys, prefix }: Side): Attacker {
  return {
    name: 'client of the local key manager',
    send: async ({ method, path, json }) => {
      const headers = { 'purecloud-user-id': userIdOf(prefix) };
      const options = { headers, ...(json === undefined ? {} : { body: json }) };
      const answer = await genesys.call(method, path, options);
      const fields = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
      return {
        status: answer.status,
        headers: Object.fromEntries(fields) as Record<string, string>,
        body: Buffer.from(answer.text),
      };
    },
  };
}
