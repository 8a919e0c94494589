import { RcsError, type ErrorCode } from '#platform';
import type { Recording, User, UserStore } from '#store';
import { decide, type RecordingAction } from './decide.js';
import { ownersOf } from './recording-owners.js';

/** Gathers what the decision needs and turns a refusal into an error. */
export class AuthorisationService {
  constructor(
    private readonly users: UserStore,
    private readonly region: string,
    private readonly denied: (action: RecordingAction, code: ErrorCode) => void = () => undefined,
  ) {}

  /** @throws RcsError with the code of the decision; its reason is for the log and the audit. */
  async authorise(user: User, action: RecordingAction, recording: Recording): Promise<void> {
    const owners = ownersOf(recording);
    const people = await Promise.all(owners.agents.map(name => this.users.find(name)));
    const agents = people.flatMap(person =>
      person?.agentHierarchy === undefined
        ? []
        : [{ contactCenter: person.contactCenter, path: person.agentHierarchy }],
    );
    const decision = decide({ user, action, recording, owners, agents, region: this.region });
    if (decision.allowed) return;
    this.denied(action, decision.code);
    throw new RcsError(decision.code, decision.reason);
  }
}
