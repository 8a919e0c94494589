/** The metadata of one recorded interaction. Times are texts `yyyy-MM-ddTHH:mm:ss.SSS+0000`, kept as they came. */
export interface Recording {
  /** Unique over all contact centers. */
  readonly id: string;
  readonly contactCenter: string;
  readonly region: string;
  readonly callerPhoneNumber?: string;
  readonly dialedPhoneNumber?: string;
  readonly startTime?: string;
  readonly stopTime?: string;
  readonly mediaFiles: readonly MediaFile[];
  readonly eventHistory?: readonly JsonObject[];
  /** Every further inserted field, as it came. */
  readonly additional?: JsonObject;
}

/** One stored file of a recording: a call's audio, a screen's video. */
export interface MediaFile {
  readonly mediaId: string;
  /** `<uuid>.<extension>`, the last segment of the play URL, made at insert. */
  readonly leaf: string;
  /** Media type, such as `audio/mp3`. */
  readonly type: string;
  readonly startTime?: string;
  readonly stopTime?: string;
  readonly callUUID?: string;
  /** Milliseconds, as a text. */
  readonly duration?: string;
  /** Bytes, as a text. */
  readonly size?: string;
  readonly tenant?: string;
  readonly ivrprofile?: string;
  /** Call data: dnis, ani, agentId, GRECORD_PARTITIONS, ... */
  readonly parameters?: JsonObject;
  readonly mediaDescriptor: MediaDescriptor;
  /** Envelope of detached media: base64 of a DER CMS EnvelopedData (RFC 5652) without encryptedContent. */
  readonly pkcs7?: string;
  /** Aliases of the certificates the session key is encrypted for. */
  readonly certAlias?: readonly string[];
  /** The stored file as the recorder wrote it: its length, and the root of its content tree, hexadecimal digits. */
  readonly contentTree?: { readonly length: number; readonly root: string };
  /** Whom the envelope is for, as far as it can be read at insert: see the gateway's recipient names. */
  readonly recipients?: readonly string[];
  /** Every further inserted field, as it came. */
  readonly additional?: JsonObject;
}

/** Where the stored file lies. */
export interface MediaDescriptor {
  /** Kind of storage, such as `webDAV`. */
  readonly storage: string;
  /** URL inside a configured storage, or path below it. */
  readonly path: string;
  readonly [field: string]: JsonValue;
}

/** What JSON (RFC 8259) can say, as an immutable value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue;
}
