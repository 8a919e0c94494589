import { TokenError } from '../errors/token-error.js';
import { parsePkcs11Uri } from '../location/pkcs11-uri.js';
import type { SlotContent } from '../module/find-slot.js';
import { tokenErrorOf } from './crossing-error.js';
import type { InitialisedModule, MessageFromHost } from './host-messages.js';
import { ModuleProcess } from './module-process.js';

const timeoutMs = 30_000;

/**
 * What the slots of a module hold, whichever token the URI means, asked for in a process of its own.
 * @throws TokenError when the module cannot be loaded or initialised, crashes or stands.
 */
export function listSlotsOf(
  uri: string,
  environment: NodeJS.ProcessEnv,
  { serialised, initialisation }: InitialisedModule = {},
): Promise<readonly SlotContent[]> {
  parsePkcs11Uri(uri);
  return new Promise((resolve, reject) => {
    const told = (message: MessageFromHost): void => {
      if (message.kind === 'slots') resolve(message.slots);
      if (message.kind === 'failed') reject(tokenErrorOf(message.error));
      process.kill('closed', 'the slots are listed');
    };
    const process = new ModuleProcess({
      environment,
      threads: 1,
      patienceMs: () => timeoutMs,
      told,
      ended: (_, reason) => reject(new TokenError('unavailable', reason)),
      executed: () => undefined,
    });
    process.send({ kind: 'list-slots', uri, module: { serialised, initialisation } });
  });
}
