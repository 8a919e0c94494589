import type { Recording, User } from '#store';
import { covers } from './access-path.js';
import type { RecordingOwners } from './recording-owners.js';

export type RecordingAction = 'read' | 'play-plain' | 'play-encrypted';

export interface DecisionInput {
  readonly user: User;
  readonly action: RecordingAction;
  readonly recording: Pick<Recording, 'contactCenter' | 'region'>;
  readonly owners: RecordingOwners;
  /** `agent_hierarchy` of the agents of the recording, as far as they are known. */
  readonly agentHierarchies: readonly string[];
  /** Region of this server. */
  readonly region: string;
}

export type Decision =
  | { readonly allowed: true; readonly reason: string }
  | {
      readonly allowed: false;
      /** not-found: the answer must not tell that the recording exists. */
      readonly code: 'RCS_RECORDING_NOT_FOUND' | 'RCS_INSUFFICIENT_ROLE' | 'RCS_INSUFFICIENT_PERMISSION';
      readonly reason: string;
    };

/**
 * Who may see and hear what. A recording of another region or contact center does not exist for the user. Within the
 * own one: admins see all, others their own recordings and those whose agent or partition one of their access groups
 * covers. Playing an encrypted recording needs the privilege "Decrypt a Recording" as well.
 */
export function decide(input: DecisionInput): Decision {
  const { user, recording, region, action } = input;
  if (recording.region !== region)
    return refuse('RCS_RECORDING_NOT_FOUND', `the recording is of region ${recording.region}`);
  if (user.roles.includes('ops')) {
    return refuse('RCS_INSUFFICIENT_ROLE', 'the ops account sees and plays no recording');
  }
  if (user.contactCenter !== recording.contactCenter) {
    return refuse('RCS_RECORDING_NOT_FOUND', 'the recording is of another contact center');
  }
  const visible = visibility(input);
  if (!visible.allowed) return visible;
  if (action === 'play-encrypted' && !user.privileges.includes('decrypt-recording')) {
    return refuse('RCS_INSUFFICIENT_PERMISSION', 'the privilege "Decrypt a Recording" is missing');
  }
  return visible;
}

function visibility({ user, owners, agentHierarchies }: DecisionInput): Decision {
  if (user.roles.length === 0) return refuse('RCS_INSUFFICIENT_ROLE', 'the user has no role');
  if (user.roles.includes('admin')) return allow('admin of the contact center');
  if (owners.agents.includes(user.name)) return allow('own recording');
  const groups = [...user.accessGroups, ...user.partitions];
  if (groups.includes('/')) return allow('access group /');
  const paths = [...agentHierarchies, ...owners.partitions];
  const match = groups.find(group => paths.some(path => covers(group, path)));
  if (match !== undefined) return allow(`access group ${match}`);
  return refuse(
    'RCS_INSUFFICIENT_PERMISSION',
    'no access group of the user covers an agent or partition of the recording',
  );
}

const allow = (reason: string): Decision => ({ allowed: true, reason });
const refuse = (code: Extract<Decision, { allowed: false }>['code'], reason: string): Decision => ({
  allowed: false,
  code,
  reason,
});
