import { randomUUID } from 'node:crypto';
import type { LocationClaim, MediaIndexStore, PositionedRecording } from '../media-index/media-index-store.js';
import type { Recording } from '../recordings/recording.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { claimLocation, noteLocations } from './location-claims.js';
import { overridden } from './overridden.js';

/** The index with claims of locations in Cassandra, where insertions look for them. */
export function claimsInCassandra(mediaIndex: MediaIndexStore, database: CassandraDatabase): MediaIndexStore {
  const walk = new RecordingWalk(database);
  return overridden(mediaIndex, {
    recordingsAfter: (position, limit) => walk.after(position, limit),
    claimLocations: claims => database.operation(() => claimedByOthers(database, claims)),
  });
}

async function claimedByOthers(
  database: CassandraDatabase,
  claims: readonly LocationClaim[],
): Promise<readonly LocationClaim[]> {
  const act = randomUUID();
  const others: LocationClaim[] = [];
  for (const claim of claims) {
    const { contactCenter, recordingId, location } = claim;
    if (!(await claimLocation(database, { contactCenter, act }, location))) others.push(claim);
    await noteLocations(database, recordingId, [claim]);
  }
  return others;
}

const knownEnds = 1000;

/**
 * All recordings in the order of their tokens, a part at a time. Positions count from where this process began to walk: one
 * that it did not give begins anew, which is slower and misses nothing.
 */
class RecordingWalk {
  private readonly ends = new Map<number, string>();

  constructor(private readonly database: CassandraDatabase) {}

  after(position: number, limit: number): Promise<readonly PositionedRecording[]> {
    return this.database.operation(async () => {
      const end = this.ends.get(position);
      const columns = 'SELECT id, document FROM recording';
      const { rows } =
        end === undefined
          ? await this.database.run(`${columns} LIMIT ?`, [limit])
          : await this.database.run(`${columns} WHERE token(id) > token(?) LIMIT ?`, [end, limit]);
      const from = end === undefined ? 0 : position;
      const last = rows.at(-1);
      if (last !== undefined) this.note(from + rows.length, last['id'] as string);
      return rows.map((row, index) => ({
        position: from + index + 1,
        recording: JSON.parse(row['document'] as string) as Recording,
      }));
    });
  }

  private note(position: number, id: string): void {
    const [oldest] = this.ends.keys();
    if (this.ends.size >= knownEnds && oldest !== undefined) this.ends.delete(oldest);
    this.ends.set(position, id);
  }
}
