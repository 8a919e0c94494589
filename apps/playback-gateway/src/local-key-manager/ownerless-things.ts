import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '#platform';
import type { AuditLog, LocalKeyManagerStore } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { assignedText } from './key-manager-audit.js';

/**
 * Looks at every start after what is from before credentials and key pairs belonged to contact centers, or was made by a
 * gateway of before during an update: the only contact center gets it; where there are several, people have to say.
 */
@Injectable()
export class OwnerlessThings implements OnApplicationBootstrap {
  constructor(
    @Inject(storeTokens.localKeyManager) private readonly store: LocalKeyManagerStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const assigned = await this.store.assignToOnlyContactCenter();
    if (assigned === undefined) return this.warnOfRest();
    const { contactCenter, credentials, keyPairs } = assigned;
    if (credentials.length + keyPairs.length === 0) return;
    const detail = assignedText(assigned);
    await this.audit.append({ event: 'local-key-manager-assigned', outcome: 'done', contactCenter, detail });
    this.logger.info(
      { contactCenter, hawkIds: credentials, keyPairs },
      'what the local key manager knows belongs to the only contact center from now on',
    );
  }

  private async warnOfRest(): Promise<void> {
    const ownerless = { owner: undefined };
    const hawkIds = (await this.store.credentials(ownerless)).map(({ id }) => id);
    const keyPairs = (await this.store.keyPairs(ownerless)).map(({ id }) => id);
    if (hawkIds.length + keyPairs.length === 0) return;
    this.logger.warn(
      { hawkIds, keyPairs },
      'Hawk credentials and key pairs that belong to no contact center work on, for operations accounts alone to see: ' +
        'say whose they are with rcsctl lkm assign',
    );
  }
}
