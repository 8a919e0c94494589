import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CmsError, parseDetachedEnvelope } from '#cms';
import { describeError, RcsError, type Logger } from '#platform';
import type { CertificateStore, MediaFile, Recording } from '#store';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { envelopeFieldOf, envelopeInMetadata } from '../envelopes/envelope-in-metadata.js';
import { namesUnder, summariesOf, summariesOfPem } from '../envelopes/certificate-summary.js';
import { everyForm, recipientName } from '../envelopes/recipient-names.js';
import { VaultKeys } from '../vaults/vault-keys.js';

/** Something about a media file that its recorder should know, though the recording is taken. */
interface Warning {
  readonly field: string;
  readonly text: string;
}

interface ReadEnvelope {
  readonly field: string;
  /** Undefined where there is no envelope, or none that can be read. */
  readonly names?: readonly string[];
  readonly warning?: Warning;
}

type Addressed = Required<Pick<ReadEnvelope, 'field' | 'names'>>;

/** What no version will ever read: these bytes are no envelope, or only a part of one. */
const neverRead: ReadonlySet<string> = new Set(['CMS_MALFORMED', 'CMS_TRUNCATED', 'CMS_LIMIT_EXCEEDED']);

/**
 * Looks at the envelopes that come with the metadata of a recording. The recorder still has what it recorded: what will
 * never play is refused now, and not when somebody wants to listen.
 */
@Injectable()
export class InsertedEnvelopes {
  private readonly refusesUnknown: boolean;
  /** Names that a contact center's certificates bear: none is ever taken back, since the store keeps deleted ones. */
  private readonly known = new LRUCache<string, ReadonlySet<string>>({
    maxSize: 200_000,
    sizeCalculation: names => names.size + 1,
  });

  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: Pick<CertificateStore, 'list'>,
    @Inject(VaultKeys) private readonly keys: Pick<VaultKeys, 'list'>,
    @Inject(CONFIGURATION)
    {
      recordingCertificates,
    }: { readonly recordingCertificates: Pick<GatewayConfiguration['recordingCertificates'], 'unknownRecipients'> },
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.refusesUnknown = recordingCertificates.unknownRecipients === 'refuse';
  }

  /**
   * @returns what the recorder should know.
   * @throws RcsError RCS_INVALID_VALUE naming a `pkcs7` that is no envelope, or, where that is configured, one for nobody
   * here; then also what the vaults throw when they cannot say what is in the tokens.
   */
  async check({ id, contactCenter, mediaFiles }: Recording, requestId: string): Promise<readonly string[]> {
    const read = mediaFiles.map(readEnvelope);
    const warnings = read.flatMap(({ warning }) => warning ?? []);
    const addressed = read.flatMap(({ field, names }) => (names === undefined ? [] : { field, names }));
    for (const { field } of await this.forNobody(contactCenter, addressed)) {
      const text = `no recipient of the envelope is a certificate of the contact center ${contactCenter}`;
      if (this.refusesUnknown)
        throw refused(field, `${text}: upload the certificate first, or encrypt for one of its own`);
      warnings.push({ field, text: `${text}: nobody can play it until its certificate and key are here` });
    }
    for (const { field, text } of warnings) {
      this.logger.warn(
        { requestId, recording: id, contactCenter, field, reason: text },
        'an inserted recording may not play',
      );
    }
    return warnings.map(({ field, text }) => `${field}: ${text}`);
  }

  /**
   * The same of a recording that is taken already, so that whoever missed the answer hears it. It refuses nothing: an earlier
   * version, or other configuration, took it.
   */
  async checkAgain(recording: Recording, requestId: string): Promise<readonly string[]> {
    try {
      return await this.check(recording, requestId);
    } catch (error) {
      if (error instanceof RcsError) return [error.publicDetail ?? error.message];
      throw error;
    }
  }

  /** Those that name no certificate of the store, nor one that only the tokens have until somebody lists them. */
  private async forNobody(contactCenter: string, addressed: readonly Addressed[]): Promise<readonly Addressed[]> {
    const unless = (known: ReadonlySet<string>, ones: readonly Addressed[]): readonly Addressed[] =>
      ones.filter(({ names }) => !names.some(name => known.has(name)));
    if (addressed.length === 0) return [];
    const unseen = unless(this.known.get(contactCenter) ?? new Set(), addressed);
    if (unseen.length === 0) return [];
    const strangers = unless(await this.namesInStore(contactCenter), unseen);
    if (strangers.length === 0) return [];
    return unless(await this.namesInTokens(contactCenter), strangers);
  }

  /** Deleted certificates count: their keys may be there still, and recordings may be late. */
  private async namesInStore(contactCenter: string): Promise<ReadonlySet<string>> {
    const stored = await this.certificates.list(contactCenter);
    const summaries = await summariesOf(stored);
    const names = new Set(summaries.flatMap((summary, index) => namesUnder(summary, stored[index]?.alias ?? '')));
    this.known.set(contactCenter, names);
    return names;
  }

  /** They open the recording, too: the store takes them in when certificates are listed. */
  private async namesInTokens(contactCenter: string): Promise<ReadonlySet<string>> {
    try {
      const entries = (await this.keys.list(contactCenter)).filter(({ certificate }) => certificate !== '');
      const summaries = await summariesOfPem(entries.map(({ certificate }) => certificate));
      return new Set(summaries.flatMap((summary, index) => namesUnder(summary, entries[index]?.alias ?? '')));
    } catch (error) {
      // A warning too many is better than no recording; a refusal is for good, so it must be a true one.
      if (this.refusesUnknown) throw error;
      this.logger.warn({ contactCenter, error: describeError(error) }, 'the keys in the tokens cannot be listed');
      return new Set();
    }
  }
}

/** Recipients of a media file whose envelope can be read. */
function readEnvelope(file: MediaFile, index: number): ReadEnvelope {
  const envelope = envelopeInMetadata(file);
  const field = fieldOf(file, index);
  if (envelope === undefined) return { field };
  try {
    const { recipients } = parseDetachedEnvelope(envelope, everyForm);
    return { field, names: recipients.map(({ identifier }) => recipientName(identifier)) };
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    if (file.pkcs7 !== undefined && neverRead.has(error.code)) {
      throw refused(
        field,
        `must be a CMS envelope (EnvelopedData or AuthEnvelopedData), in base64: ${error.message}`,
        error,
      );
    }
    return { field, warning: { field, text: `the envelope cannot be read by this version: ${error.message}` } };
  }
}

const fieldOf = (file: MediaFile, index: number): string => `mediaFiles.${index}.${envelopeFieldOf(file)}`;

function refused(field: string, why: string, cause?: unknown): RcsError {
  return new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: `${field}: ${why}`, cause });
}
