import { Inject, Injectable } from '@nestjs/common';
import { ownersOf, type Recording, type User } from '#store';
import { CONFIGURATION } from '../dependencies/injection-tokens.js';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { AgentPlaces } from './agent-places.js';
import { decide, type AgentPlace, type DecisionInput } from './decide.js';
import { RecordingPermission } from './recording-permission.js';

/** Gathers what the decision needs and turns a refusal into an error. */
@Injectable()
export class AuthorisationService {
  private readonly region: string;

  constructor(
    @Inject(CONFIGURATION) { crRegion }: Pick<GatewayConfiguration, 'crRegion'>,
    private readonly metrics: GatewayMetrics,
    private readonly places: AgentPlaces,
  ) {
    this.region = crRegion;
  }

  /**
   * What the user may do with a recording that they may see.
   * @throws RcsError with the code of the decision where they may not even see it
   */
  async authorise(user: User, recording: Recording): Promise<RecordingPermission> {
    const permission = new RecordingPermission(await this.question(user, recording), this.metrics.denials);
    permission.checkRead();
    return permission;
  }

  /**
   * Judges many recordings for one user at one moment: each agent is looked up once.
   * @throws RcsError RCS_STORE_UNAVAILABLE, RCS_DIRECTORY_UNAVAILABLE
   */
  reader(user: User): (recording: Recording) => Promise<boolean> {
    const places = new Map<string, Promise<readonly AgentPlace[]>>();
    const placesOf = async (contactCenter: string, agents: readonly string[]) => {
      const found = agents.map(agent => {
        const known = places.get(agent) ?? this.places.of(contactCenter, [agent]);
        places.set(agent, known);
        return known;
      });
      return (await Promise.all(found)).flat();
    };
    return async recording => decide({ ...(await this.question(user, recording, placesOf)), action: 'read' }).allowed;
  }

  /** Agents are looked up only when they matter: most questions are answered by role, name, partition or `/`. */
  private async question(
    user: User,
    recording: Recording,
    placesOf: AgentPlaces['of'] = (contactCenter, agents) => this.places.of(contactCenter, agents),
  ): Promise<Omit<DecisionInput, 'action'>> {
    const question = { user, recording, owners: ownersOf(recording), agents: [], region: this.region };
    const decision = decide({ ...question, action: 'read' });
    const agentsMatter = !decision.allowed && decision.code === 'RCS_INSUFFICIENT_PERMISSION';
    if (!agentsMatter || user.accessGroups.length === 0) return question;
    return { ...question, agents: await placesOf(recording.contactCenter, question.owners.agents) };
  }
}
