import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { Recording, User } from '#store';
import { CONFIGURATION } from '../dependencies/injection-tokens.js';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { AgentPlaces } from './agent-places.js';
import { decide, type Decision, type RecordingAction } from './decide.js';
import { ownersOf } from './recording-owners.js';

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

  /** @throws RcsError with the code of the decision; its reason is for the log and the audit. */
  async authorise(user: User, action: RecordingAction, recording: Recording): Promise<void> {
    const decision = await this.decide(user, action, recording);
    if (decision.allowed) return;
    this.metrics.denials.inc({ action, code: decision.code });
    throw new RcsError(decision.code, decision.reason);
  }

  /** Agents are looked up only when they matter: most questions are answered by role, name, partition or `/`. */
  private async decide(user: User, action: RecordingAction, recording: Recording): Promise<Decision> {
    const question = { user, action, recording, owners: ownersOf(recording), region: this.region };
    const decision = decide({ ...question, agents: [] });
    if (decision.allowed || decision.code !== 'RCS_INSUFFICIENT_PERMISSION' || user.accessGroups.length === 0) {
      return decision;
    }
    return decide({ ...question, agents: await this.places.of(recording.contactCenter, question.owners.agents) });
  }
}
