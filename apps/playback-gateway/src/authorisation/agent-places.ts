import { Inject, Injectable } from '@nestjs/common';
import type { ContactCenterStore, UserStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { storedName } from '../authentication/external-users.js';
import { Directories } from '../authentication/directory/directories.js';
import type { AgentPlace } from './decide.js';

/** Finds where the agents of a recording stand in the hierarchy: in the directory of their contact center, else here. */
@Injectable()
export class AgentPlaces {
  constructor(
    @Inject(storeTokens.users) private readonly users: UserStore,
    @Inject(storeTokens.contactCenters) private readonly contactCenters?: ContactCenterStore,
    private readonly directories?: Directories,
  ) {}

  /**
   * Places as far as they are known.
   * @param agents as the recording names them
   * @throws RcsError RCS_DIRECTORY_UNAVAILABLE, RCS_STORE_UNAVAILABLE
   */
  async of(contactCenterId: string, agents: readonly string[]): Promise<readonly AgentPlace[]> {
    const contactCenter = await this.contactCenters?.find(contactCenterId);
    const directory = contactCenter === undefined ? undefined : this.directories?.of(contactCenterId);
    const places = await Promise.all(
      agents.map(async (agent): Promise<AgentPlace | undefined> => {
        if (contactCenter !== undefined && directory !== undefined) {
          const path = await directory.placeOf(contactCenter, agent);
          return path === undefined ? undefined : { contactCenter: contactCenterId, path };
        }
        const names = contactCenter === undefined ? [agent] : [agent, storedName(contactCenter, agent)];
        return this.inStore(contactCenterId, [...new Set(names)]);
      }),
    );
    return places.filter(place => place !== undefined);
  }

  private async inStore(contactCenterId: string, names: readonly string[]): Promise<AgentPlace | undefined> {
    for (const name of names) {
      const accounts = (await this.users.named(name)).filter(user => user.contactCenter === contactCenterId);
      // A local account says it, whatever was left by a directory that is off now.
      const user = accounts.find(({ source }) => source === undefined) ?? accounts[0];
      if (user?.agentHierarchy !== undefined) return { contactCenter: contactCenterId, path: user.agentHierarchy };
    }
    return undefined;
  }
}
