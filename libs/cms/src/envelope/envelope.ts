/** Which structure carries the session key. */
export type EnvelopeKind = CmsKind | ServiceKind;

/** The structures of CMS itself. */
export type CmsKind = 'enveloped-data' | 'auth-enveloped-data';

/** What services keep in the metadata of their own recordings. */
export type ServiceKind = 'twilio-encryption-details' | 'opentok-archive-password';

/** How a recipient names its certificate (RFC 5652, 6.2.1). */
export type RecipientIdentifier =
  | {
      readonly type: 'issuer-and-serial-number';
      /** Name, DER. */
      readonly issuer: Buffer;
      /** Content octets of the INTEGER, minimal. */
      readonly serialNumber: Buffer;
    }
  | { readonly type: 'subject-key-identifier'; readonly keyIdentifier: Buffer };

export type OaepHash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** RSAES-PKCS1-v1_5 (RFC 3370, 4.2.1) or RSAES-OAEP (RFC 4055, 4.1). */
export type KeyEncryption =
  | { readonly scheme: 'rsaes-pkcs1-v1_5' }
  | { readonly scheme: 'rsaes-oaep'; readonly hash: OaepHash; readonly mgfHash: OaepHash; readonly label: Buffer };

/** KeyTransRecipientInfo with RSA. */
export interface KeyTransportRecipient<Identifier = RecipientIdentifier> {
  readonly identifier: Identifier;
  readonly keyEncryption: KeyEncryption;
  readonly encryptedKey: Buffer;
}

export type CbcAlgorithm = 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'des-ede3-cbc';
export type GcmAlgorithm = 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';

/** ContentEncryptionAlgorithmIdentifier (RFC 3565, RFC 5084, RFC 3370). */
export type ContentEncryption =
  | {
      readonly mode: 'cbc';
      readonly algorithm: CbcAlgorithm;
      /** Bytes of the session key. */
      readonly keyLength: number;
      readonly blockLength: 8 | 16;
      /** One block; empty where the session key brings it. */
      readonly iv: Buffer;
      /** What the recipients' keys open is a password with the key and the initialisation vector in it. */
      readonly password?: 'opentok';
      readonly tagLength?: undefined;
    }
  | {
      readonly mode: 'gcm';
      readonly algorithm: GcmAlgorithm;
      readonly keyLength: number;
      readonly blockLength: 16;
      /** The nonce, usually 12 bytes. */
      readonly iv: Buffer;
      /** Bytes of the authentication tag, 12 to 16. */
      readonly tagLength: number;
      /** The tag is the end of the content: in EnvelopedData, which has no place for one. */
      readonly tagInContent?: boolean;
    };

/** What authenticates the content of AuthEnvelopedData (RFC 5083, 2.1 and 2.2). */
export interface ContentAuthentication {
  readonly tag: Buffer;
  /** Additional authenticated data: authAttrs as a DER SET OF, empty when there are none. */
  readonly additionalData: Buffer;
}

export interface Envelope<Identifier = RecipientIdentifier> {
  readonly kind: EnvelopeKind;
  /** CMSVersion of the structure. */
  readonly version: number;
  /** Recipients a private RSA key can open, in the order of the file. */
  readonly recipients: readonly KeyTransportRecipient<Identifier>[];
  /** Recipients of kinds or with algorithms that are not read here. */
  readonly otherRecipientCount: number;
  /** Dotted object identifier of the type of the content. */
  readonly contentType: string;
  readonly contentEncryption: ContentEncryption;
  /** Present in a detached AuthEnvelopedData; with attached content it stands behind the content. */
  readonly authentication?: ContentAuthentication | undefined;
}
