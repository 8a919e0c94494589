import { RcsError, type ErrorCode } from '#platform';
import type { Recording, User, UserStore } from '#store';
import { AgentPlaces } from './agent-places.js';
import { decide, type Decision, type RecordingAction } from './decide.js';
import { ownersOf } from './recording-owners.js';

/** Gathers what the decision needs and turns a refusal into an error. */
export class AuthorisationService {
  constructor(
    users: UserStore,
    private readonly region: string,
    private readonly denied: (action: RecordingAction, code: ErrorCode) => void = () => undefined,
    private readonly places: AgentPlaces = new AgentPlaces(users),
  ) {}

  /** @throws RcsError with the code of the decision; its reason is for the log and the audit. */
  async authorise(user: User, action: RecordingAction, recording: Recording): Promise<void> {
    const decision = await this.decide(user, action, recording);
    if (decision.allowed) return;
    this.denied(action, decision.code);
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
