import type { Recording, RecordingOwners, User } from '#store';

export type RecordingAction = 'read' | 'play-plain' | 'play-encrypted';

/** A place in the agent hierarchy; it counts only inside its own contact center. */
export interface AgentPlace {
  readonly contactCenter: string | undefined;
  /** `agent_hierarchy`, such as `/Anthony/John`. */
  readonly path: string;
}

export interface DecisionInput {
  readonly user: User;
  readonly action: RecordingAction;
  readonly recording: Pick<Recording, 'contactCenter' | 'region'>;
  readonly owners: RecordingOwners;
  /** Where people with the names of the recording's agents stand, as far as they are known. */
  readonly agents: readonly AgentPlace[];
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
 * own one: admins see all, others their own recordings, those whose agent or partition one of their access groups covers
 * and those in one of their partitions. An IVR recording has no agent, so only its partitions count. Playing an encrypted recording needs the privilege "Decrypt a Recording" as well.
 */
export function decide(input: DecisionInput): Decision {
  const { user, recording, region, action } = input;
  if (recording.region !== region)
    return refuse('RCS_RECORDING_NOT_FOUND', `the recording is of region ${recording.region}`);
  if (user.roles.includes('ops') || user.roles.includes('recorder')) {
    return refuse('RCS_INSUFFICIENT_ROLE', 'operations accounts and the recorder see and play no recording');
  }
  if (user.contactCenter !== recording.contactCenter) {
    return refuse('RCS_RECORDING_NOT_FOUND', 'the recording is of another contact center');
  }
  if (!user.enabled) return refuse('RCS_INSUFFICIENT_ROLE', 'the user is disabled');
  const visible = visibility(input);
  if (!visible.allowed) return visible;
  if (action === 'play-encrypted' && !user.privileges.includes('decrypt-recording')) {
    return refuse('RCS_INSUFFICIENT_PERMISSION', 'the privilege "Decrypt a Recording" is missing');
  }
  return visible;
}

function visibility({ user, owners, agents, recording }: DecisionInput): Decision {
  if (user.roles.length === 0) return refuse('RCS_INSUFFICIENT_ROLE', 'the user has no role');
  if (user.roles.includes('admin')) return allow('admin of the contact center');
  if ([user.name, ...(user.agentIds ?? [])].some(name => owners.agents.includes(name))) return allow('own recording');
  if (user.accessGroups.includes('/')) return allow('access group /');
  const places = agents.filter(({ contactCenter }) => contactCenter === recording.contactCenter);
  const paths = [...places.map(({ path }) => path), ...owners.partitions];
  const group = user.accessGroups.find(candidate => paths.some(path => covers(candidate, path)));
  if (group !== undefined) return allow(`access group ${group}`);
  const partition = user.partitions.find(candidate => owners.partitions.some(path => covers(candidate, path)));
  if (partition !== undefined) return allow(`partition ${partition}`);
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

/**
 * Whether an access group covers a path of the agent hierarchy or a partition: `/` covers all, `/Anthony` covers
 * `/Anthony` and `/Anthony/John` but not `/Anthonyson`. Whole segments, case-sensitive.
 */
export function covers(group: string, path: string): boolean {
  const groupSegments = segmentsOf(group);
  const pathSegments = segmentsOf(path);
  if (!group.startsWith('/') || !path.startsWith('/')) return false;
  return groupSegments.every((segment, index) => segment === pathSegments[index]);
}

const segmentsOf = (path: string): string[] => path.split('/').filter(segment => segment !== '');
