import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from '#platform';
import { LOGGER } from '../dependencies/injection-tokens.js';
import { GatewayKeys } from './gateway-keys.js';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** What a record held, and until when it counts, milliseconds since the epoch. */
export interface OpenedRecord {
  readonly content: unknown;
  readonly endsAt: number;
}

/**
 * Records as Redis keeps them: whoever reads them learns nothing, and whoever writes can neither make one nor put one in
 * the place of another, nor bring one back after its end. Earlier records of the same place count until their own end.
 */
export class SealedRecords {
  private readonly key: KeyObject;

  constructor(
    key: Buffer,
    private readonly refused: () => void = () => undefined,
  ) {
    this.key = createSecretKey(key);
  }

  /** @param place the key in Redis, without the prefix of the installation */
  seal(place: string, content: unknown, endsAt: number): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, this.keyOf(place), iv);
    const sealed = Buffer.concat([iv, cipher.update(JSON.stringify({ content, endsAt })), cipher.final()]);
    return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** undefined for nothing, for what has ended, and (refused, with a line in the log) for what no gateway sealed for this place. */
  open(place: string, text: string | null): OpenedRecord | undefined {
    if (text === null) return undefined;
    try {
      const record = JSON.parse(this.decrypted(place, Buffer.from(text, 'base64url'))) as OpenedRecord;
      return Date.now() < record.endsAt ? record : undefined;
    } catch {
      this.refused();
      return undefined;
    }
  }

  private decrypted(place: string, bytes: Buffer): string {
    const decipher = createDecipheriv(algorithm, this.keyOf(place), bytes.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const text = decipher.update(bytes.subarray(ivBytes, -tagBytes));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  }

  /** A key for each place: a record is worth nothing in another, and no key seals often enough for an IV to come twice. */
  private keyOf(place: string): KeyObject {
    // As a key object: Node needs ten times as long to find out that bytes are no other kind of key.
    return createSecretKey(createHmac('sha256', this.key).update(place).digest());
  }
}

/** Sealed records of every purpose. */
@Injectable()
export class RecordSeals {
  constructor(
    private readonly keys: GatewayKeys,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Records of one purpose; none passes for one of another. */
  for(purpose: string): SealedRecords {
    return new SealedRecords(this.keys.of(`records of ${purpose}`), () => {
      this.logger.warn({ purpose }, 'a record in Redis that no gateway of this store wrote was refused');
    });
  }
}
