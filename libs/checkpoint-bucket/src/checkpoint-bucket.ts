import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3ServiceException,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

export interface BucketPlace {
  readonly bucket: string;
  /** Before the names of all objects; empty, or ends with `/`. */
  readonly prefix: string;
  readonly retentionDays: number;
  readonly lockMode: 'COMPLIANCE' | 'GOVERNANCE';
}

/** What an object is named by, and what it says. */
export interface KeptCheckpoint {
  readonly number: number;
  /** Hexadecimal SHA-256. */
  readonly digest: string;
  /** The signed note. */
  readonly note: string;
}

/** An object as it is in the bucket, under whatever name. */
export interface FoundObject {
  /** Key and version, for messages. */
  readonly name: string;
  readonly text: string;
}

/** Something else has the name of a checkpoint; it is not overwritten. */
export class OtherObjectThere extends Error {
  constructor(key: string) {
    super(`another object has the name ${key}`);
    this.name = OtherObjectThere.name;
  }
}

const dayMs = 24 * 60 * 60 * 1000;
/** One with some thousand writers; what is larger is none. */
const mostBytes = 8 * 1024 * 1024;

/**
 * Checkpoints as objects of a bucket with object lock. An object is named by number and digest, so that two checkpoints that
 * contradict each other lie there both, and none takes the place of another.
 */
export class CheckpointBucket {
  constructor(
    private readonly client: S3Client,
    private readonly place: BucketPlace,
  ) {}

  /**
   * Resolves when the bucket has it, locked; also when it had it before.
   * @throws OtherObjectThere, S3ServiceException, or what says that the service cannot be reached.
   */
  async keep(checkpoint: KeptCheckpoint): Promise<void> {
    const { bucket, retentionDays, lockMode } = this.place;
    const key = this.keyOf(checkpoint);
    const body = Buffer.from(`${JSON.stringify({ number: checkpoint.number, checkpoint: checkpoint.note })}\n`);
    const put = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: 'application/json',
      ContentMD5: createHash('md5').update(body).digest('base64'),
      ChecksumSHA256: createHash('sha256').update(body).digest('base64'),
      ObjectLockMode: lockMode,
      ObjectLockRetainUntilDate: new Date(Date.now() + retentionDays * dayMs),
      IfNoneMatch: '*',
    });
    try {
      await this.client.send(put);
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (!(await this.read(key)).equals(body)) throw new OtherObjectThere(key);
    }
  }

  /** Whether it lies there. */
  async has(checkpoint: Pick<KeptCheckpoint, 'number' | 'digest'>): Promise<boolean> {
    try {
      await this.client.send(new HeadObjectCommand({ Bucket: this.place.bucket, Key: this.keyOf(checkpoint) }));
      return true;
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return false;
      throw error;
    }
  }

  /** Every version of every object: what is deleted without naming its version is only hidden. */
  async *objects(): AsyncIterable<FoundObject> {
    let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
    while (next !== undefined) {
      const { bucket: Bucket, prefix: Prefix } = this.place;
      const page: ListObjectVersionsCommandOutput = await this.client.send(
        new ListObjectVersionsCommand({ Bucket, Prefix, ...next }),
      );
      for (const { Key, VersionId, Size } of page.Versions ?? []) {
        if (Key === undefined || (Size ?? 0) > mostBytes) continue;
        const text = (await this.read(Key, VersionId)).toString('utf8');
        yield { name: VersionId === undefined ? Key : `${Key} version ${VersionId}`, text };
      }
      const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
      next = IsTruncated === true ? { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker } : undefined;
    }
  }

  close(): void {
    this.client.destroy();
  }

  private keyOf({ number, digest }: Pick<KeptCheckpoint, 'number' | 'digest'>): string {
    return `${this.place.prefix}${String(number).padStart(12, '0')}-${digest}.json`;
  }

  private async read(key: string, version?: string): Promise<Buffer> {
    const named = version === undefined ? {} : { VersionId: version };
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.place.bucket, Key: key, ...named }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }
}

/** 412: it exists; 409: somebody writes it at this moment (RFC 9110, 15.5.13 and 15.5.10). */
function isConflict(error: unknown): boolean {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === 412 || status === 409;
}
