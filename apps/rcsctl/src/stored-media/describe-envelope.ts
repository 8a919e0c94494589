import { readDistinguishedName } from '#certificates';
import {
  type AttachedEnvelope,
  CmsError,
  detachedContentMap,
  FileSource,
  mediaHeadBytes,
  parseDetachedEnvelope,
  readAttachedEnvelope,
  recogniseStoredFile,
  unwrap,
  type ContentMap,
  type DetachedEnvelope,
  type KeyEncryption,
  type KeyTransportRecipient,
  type RecognisedFile,
} from '#cms';
import { envelopeDigest } from '#grants';
import { readEnvelopeFile } from './stored-media.js';

type Recipient = DetachedEnvelope['recipients'][number];

export interface RecipientDescription {
  readonly identifiedBy: Recipient['identifier']['type'];
  readonly issuer?: string;
  /** Hexadecimal. */
  readonly serialNumber?: string;
  /** Hexadecimal. */
  readonly subjectKeyIdentifier?: string;
  readonly keyName?: string;
  readonly keyEncryption: KeyEncryption['scheme'];
  readonly oaep?: { readonly hash: string; readonly mgf1Hash: string; readonly label: string };
  readonly encryptedKeyBits: number;
}

export interface ContentDescription {
  /** One run of bytes, or segments of a constructed OCTET STRING. */
  readonly form: ContentMap['layout'];
  /** How a place is found: by arithmetic, or by an index that takes one reading of the whole file. */
  readonly addressing: 'contiguous' | 'regular' | 'indexed';
  readonly ciphertextLength: number;
  /** The padding hides the exact length of CBC until the key is there. */
  readonly plaintextLength: { readonly minimum: number; readonly maximum: number };
  /** A range can be read without reading everything before it. */
  readonly seekable: boolean;
  /** Everything has to be read once before anything may be released. */
  readonly authenticated: boolean;
}

export interface EnvelopeDescription {
  readonly file: string;
  readonly size: number;
  /** Without an envelope: media by its signature, or not recognised. */
  readonly layout: 'plain' | 'attached' | 'detached' | 'envelope only' | 'unrecognised';
  /** Of clear media: its format. */
  readonly format?: string;
  /** Of what is not recognised: bits per byte in its first 8 KiB, near 8 for ciphertext; or what shows of an envelope. */
  readonly entropy?: number;
  readonly trace?: string;
  /** `none`, or what is around the envelope, from the outermost to the innermost, with commas between. */
  readonly wrapping: string;
  readonly envelope?: {
    readonly kind: DetachedEnvelope['kind'];
    readonly version: number;
    readonly contentType: string;
    readonly contentEncryption: { readonly algorithm: string; readonly keyBits: number; readonly tagBytes?: number };
    readonly recipients: readonly RecipientDescription[];
    readonly otherRecipients: number;
    readonly digest: string;
  };
  readonly content?: ContentDescription;
  /** What is wrong with the content, and where. */
  readonly problem?: string;
}

/**
 * Says what a stored file is, without any key.
 * @throws CmsError naming byte offset and expectation when the envelope itself cannot be read.
 */
export async function describeStoredFile(
  file: string,
  envelopeFile: string | undefined,
  signal: AbortSignal,
): Promise<EnvelopeDescription> {
  const source = await FileSource.open(file);
  try {
    const wrapping = envelopeFile === undefined ? await wrappersOf(source, signal) : 'none';
    const found: FoundFile = { file, size: source.size, wrapping };
    if (envelopeFile !== undefined) return await describeDetached(found, source, envelopeFile, signal);
    const recognised = await recogniseStoredFile(source, signal);
    if (recognised.kind === 'envelope') return await describeAttached(found, source, signal);
    return (await describeAlone(found)) ?? describeBare(found, recognised);
  } finally {
    await source.close();
  }
}

/** None of a file whose wrapper is broken: what is wrong is said where the envelope is read. */
async function wrappersOf(source: FileSource, signal: AbortSignal): Promise<string> {
  try {
    const head = await source.read(0, Math.min(source.size, mediaHeadBytes), signal);
    const { wrappers } = await unwrap(source, head, signal);
    return wrappers.length === 0 ? 'none' : wrappers.join(', ');
  } catch (error) {
    if (error instanceof CmsError) return 'none';
    throw error;
  }
}

type FoundFile = Pick<EnvelopeDescription, 'file' | 'size' | 'wrapping'>;

/** A file without an envelope. */
function describeBare(
  found: FoundFile,
  recognised: Exclude<RecognisedFile, { kind: 'envelope' }>,
): EnvelopeDescription {
  switch (recognised.kind) {
    case 'media':
      return { ...found, layout: 'plain', format: recognised.format };
    case 'trace':
      return { ...found, layout: 'unrecognised', trace: recognised.trace };
    case 'unknown':
      return { ...found, layout: 'unrecognised', entropy: Number(recognised.entropy.toFixed(2)) };
  }
}

async function describeDetached(
  found: FoundFile,
  source: FileSource,
  envelopeFile: string,
  signal: AbortSignal,
): Promise<EnvelopeDescription> {
  const bytes = await readEnvelopeFile(envelopeFile);
  const envelope = parseDetachedEnvelope(bytes);
  const content = await describeContent(detachedContentMap(source, envelope), envelope, source, signal);
  return { ...found, layout: 'detached', envelope: describe(envelope, bytes), ...content };
}

async function describeAttached(
  found: FoundFile,
  source: FileSource,
  signal: AbortSignal,
): Promise<EnvelopeDescription> {
  let attached: AttachedEnvelope;
  try {
    attached = await readAttachedEnvelope(source, signal);
  } catch (error) {
    const alone = await describeAlone(found);
    if (alone !== undefined) return alone;
    throw error;
  }
  const { envelope, envelopeBytes, contentMap } = attached;
  const content = await describeContent(contentMap, envelope, source, signal);
  return { ...found, layout: 'attached', envelope: describe(envelope, envelopeBytes), ...content };
}

const longestLoneEnvelope = 1024 * 1024;

/** A file that is nothing but an envelope; undefined for whatever is none. */
async function describeAlone(found: FoundFile): Promise<EnvelopeDescription | undefined> {
  if (found.size > longestLoneEnvelope) return undefined;
  try {
    const bytes = await readEnvelopeFile(found.file);
    return { ...found, layout: 'envelope only', envelope: describe(parseDetachedEnvelope(bytes), bytes) };
  } catch (error) {
    if (error instanceof CmsError) return undefined;
    throw error;
  }
}

async function describeContent(
  contentMap: ContentMap,
  envelope: DetachedEnvelope,
  source: FileSource,
  signal: AbortSignal,
): Promise<Pick<EnvelopeDescription, 'content' | 'problem'>> {
  try {
    const { ciphertextLength, addressing } = await contentMap.locate(source, signal);
    const { mode, blockLength } = envelope.contentEncryption;
    const broken = mode === 'cbc' && (ciphertextLength === 0 || ciphertextLength % blockLength !== 0);
    const minimum = mode === 'cbc' ? Math.max(0, ciphertextLength - blockLength) : ciphertextLength;
    const maximum = mode === 'cbc' ? Math.max(0, ciphertextLength - 1) : ciphertextLength;
    return {
      content: {
        form: contentMap.layout,
        addressing,
        ciphertextLength,
        plaintextLength: { minimum, maximum },
        seekable: !broken,
        authenticated: mode === 'gcm',
      },
      ...(broken
        ? { problem: `the content has ${ciphertextLength} bytes, which is no multiple of ${blockLength}` }
        : {}),
    };
  } catch (error) {
    if (error instanceof CmsError) return { problem: error.message };
    throw error;
  }
}

function describe(envelope: DetachedEnvelope, bytes: Buffer): NonNullable<EnvelopeDescription['envelope']> {
  const { kind, version, contentType, contentEncryption, recipients, otherRecipientCount } = envelope;
  const { algorithm, keyLength, tagLength } = contentEncryption;
  return {
    kind,
    version,
    contentType,
    contentEncryption: {
      algorithm,
      keyBits: keyLength * 8,
      ...(tagLength === undefined ? {} : { tagBytes: tagLength }),
    },
    recipients: recipients.map(describeRecipient),
    otherRecipients: otherRecipientCount,
    digest: envelopeDigest(bytes),
  };
}

function describeRecipient({ identifier, keyEncryption, encryptedKey }: Recipient): RecipientDescription {
  const { scheme } = keyEncryption;
  return {
    identifiedBy: identifier.type,
    ...namesOf(identifier),
    keyEncryption: scheme,
    ...(scheme === 'rsaes-oaep'
      ? {
          oaep: {
            hash: keyEncryption.hash,
            mgf1Hash: keyEncryption.mgfHash,
            label: keyEncryption.label.toString('hex'),
          },
        }
      : {}),
    encryptedKeyBits: encryptedKey.length * 8,
  };
}

function namesOf(identifier: KeyTransportRecipient<Recipient['identifier']>['identifier']) {
  switch (identifier.type) {
    case 'issuer-and-serial-number':
      return { issuer: nameOf(identifier.issuer), serialNumber: identifier.serialNumber.toString('hex') };
    case 'subject-key-identifier':
      return { subjectKeyIdentifier: identifier.keyIdentifier.toString('hex') };
    case 'key-name':
      return { keyName: identifier.keyName };
  }
}

/** What is no Name is shown as it stands. */
function nameOf(der: Buffer): string {
  try {
    return readDistinguishedName(der).text;
  } catch {
    return der.toString('hex');
  }
}
