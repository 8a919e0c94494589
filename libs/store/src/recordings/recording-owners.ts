import type { JsonObject, Recording } from './recording.js';

/** Who and what a recording belongs to, as far as its metadata says. */
export interface RecordingOwners {
  /** User names or ids of the agents in the call; none for an IVR recording. */
  readonly agents: readonly string[];
  /** Paths of the attached data key GRECORD_PARTITIONS; the recording belongs to all of them. */
  readonly partitions: readonly string[];
}

const partitionsKey = 'GRECORD_PARTITIONS';
const agentKeys = ['agentId', 'userName'];

/** Reads owners from the parameters of the media files and from the event history. */
export function ownersOf(recording: Recording): RecordingOwners {
  const agents = new Set<string>();
  const partitions = new Set<string>();
  const parameters = recording.mediaFiles.flatMap(file => (file.parameters === undefined ? [] : [file.parameters]));
  for (const source of [...parameters, ...(recording.eventHistory ?? []), recording.additional ?? {}]) {
    collect(source, agents, partitions, 0);
  }
  return { agents: [...agents], partitions: [...partitions] };
}

/** Attached data lies at different depths in the event history of different releases; deeper than this it never lies. */
const maximumDepth = 6;

function collect(value: unknown, agents: Set<string>, partitions: Set<string>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > maximumDepth) return;
  if (Array.isArray(value)) {
    value.forEach(item => collect(item, agents, partitions, depth + 1));
    return;
  }
  for (const [key, item] of Object.entries(value as JsonObject)) {
    if (key === partitionsKey && typeof item === 'string') {
      item
        .split(',')
        .map(text => text.trim())
        .filter(text => text !== '')
        .forEach(text => partitions.add(text));
    } else if (agentKeys.includes(key) && typeof item === 'string' && item !== '') {
      agents.add(item);
    } else {
      collect(item, agents, partitions, depth + 1);
    }
  }
}
