import { createHash, constants, createPublicKey, publicEncrypt, randomUUID } from 'node:crypto';
import {
  administrationGrants,
  archiveRewrapGrants,
  boundTo,
  envelopeDigest,
  envelopesDigest,
  GrantSigner,
  playbackGrants,
  rewrapGrants,
  type AdministrationGrantContent,
  type PlaybackGrant,
} from '#grants';
import { encryptToPublicKey, type KeyVaultEndpoint } from '#key-vault-client';
import type { InternalIdentity, ServiceRole } from '#platform';
import { archiveRecipient, archiveRecipientFingerprint } from './archive-recipient.js';
import type { Attack } from './attack.js';
import { keyManagerSecret } from './picture.js';
import type { Side, WallCertificate, WallRecording } from './side.js';

/** What a stolen identity of a service says to the vault: everything in the name of B, about things of A's. */
export interface RpcAct {
  readonly request: object;
  /** It may succeed: it asks for what is B's own, or everybody's. Everything else has to be refused. */
  readonly harmless?: boolean;
  /** These serve every contact center in their own name: what they do for A is not B's doing. */
  readonly not?: readonly ServiceRole[];
  /** Session keys of A's: none of them comes out. A key of B's that is called like A's may give other bytes. */
  readonly secrets?: readonly Buffer[];
}

export interface RpcTools {
  readonly attack: Attack;
  /** The identity whose grants the vault believes: who has it may still not cross the walls. */
  readonly gateway: InternalIdentity;
  /** Where the caller is connected to. */
  readonly endpoint: KeyVaultEndpoint;
  readonly transportKeyId: string;
  /** Thumbprint of the caller's certificate, which its grants name. */
  readonly holder: string;
  /** JWK to which private keys are encrypted, as JSON. */
  readonly importKey: string;
}

const operators: readonly ServiceRole[] = ['rcsctl'];

type RpcActs = (tools: RpcTools) => readonly RpcAct[] | Promise<readonly RpcAct[]>;

const keyOf = (side: Side, index: number): string =>
  side.certificates[index]!.certificate.keyIdentifier.toString('hex');
/** B's administrator asks, a moment ago. Whose the key is, the gateway or whoever has its files says. */
function granted({ attack: { b }, gateway }: RpcTools, act: Act, alias: string, keyIdentifier?: string): string {
  const signer = new GrantSigner({ current: gateway }, administrationGrants);
  return signer.sign({
    ...{ sub: b.admin.name, auth_time: Math.floor(Date.now() / 1000), contactCenter: b.contactCenter.id, act, alias },
    ...(keyIdentifier === undefined ? {} : { keyIdentifier }),
  });
}

type Act = AdministrationGrantContent['act'];

/** On every key of A's: as if it were B's, and as A's. */
function onKeysOfA(act: Act, more: (certificate: WallCertificate) => object): RpcActs {
  return tools => {
    const { a, b } = tools.attack;
    return a.certificates.flatMap((certificate, index) => {
      const keyIdentifier = keyOf(a, index);
      return [b, a].map(({ contactCenter }) => ({
        request: {
          key: { contactCenter: contactCenter.id, keyIdentifier },
          purpose: 'RECORDING',
          ...more(certificate),
          grant: granted(tools, act, certificate.alias, keyIdentifier),
        },
        not: contactCenter === a.contactCenter ? operators : [],
      }));
    });
  };
}

/** How each RPC of the vault is tried. One that is not here fails the property. */
export const rpcActs: Readonly<Record<string, RpcActs>> = {
  Status: async () => Promise.resolve([{ request: {}, harmless: true }]),
  AgreeTransportKey: async () => Promise.resolve([{ request: { workerPublicKey: '{}' } }]),
  GetImportKey: async () => Promise.resolve([{ request: {}, harmless: true }]),
  UnwrapSessionKey: unwraps,
  UnwrapSessionKeys: tools => [
    {
      request: { items: unwraps(tools).map(({ request }) => request), transportKeyId: tools.transportKeyId },
      secrets: envelopesOfA(tools.attack).map(({ sessionKey }) => sessionKey),
    },
  ],
  RewrapSessionKeys: rewraps,
  ImportKey: async tools => {
    const { attack, importKey } = tools;
    const { a, b, collisions } = attack;
    const [first] = a.certificates;
    const { certificate, name } = collisions[0]!;
    const pkcs8 = certificate.pair.privateKey.export({ type: 'pkcs8', format: 'der' });
    const jwe = await encryptToPublicKey(importKey, pkcs8);
    const grant = granted(tools, 'import', name);
    const request = { alias: name, certificate: certificate.pem, jwe, grant, purpose: 'RECORDING' };
    return [
      // A certificate of A's, with a key of B's.
      { request: { ...request, contactCenter: b.contactCenter.id, certificate: first!.certificate.pem } },
      // B's key into A's contact center, for which nobody of A asked.
      { request: { ...request, contactCenter: a.contactCenter.id }, not: operators },
      // A key of the local key manager comes from an operator alone.
      { request: { ...request, contactCenter: a.contactCenter.id, purpose: 'LOCAL_KEY_MANAGER' }, not: operators },
    ];
  },
  ListKeys: async ({ attack }) =>
    Promise.resolve([{ request: { contactCenter: attack.b.contactCenter.id }, harmless: true }]),
  GenerateKeyPair: tools => {
    const { a, b } = tools.attack;
    const grant = granted(tools, 'generate', a.generatedKey);
    const request = { alias: a.generatedKey, modulusBits: 2048, grant };
    return [
      { request: { ...request, contactCenter: b.contactCenter.id }, harmless: true },
      { request: { ...request, contactCenter: a.contactCenter.id }, not: ['rcsctl', 'local-key-manager'] },
    ];
  },
  CreateCertificateSigningRequest: async ({ attack: { a, b } }) =>
    // Public, and no key changes: but B has none of A's keys.
    Promise.resolve(
      a.certificates.map((_, index) => ({
        request: {
          key: { contactCenter: b.contactCenter.id, keyIdentifier: keyOf(a, index) },
          subject: { subject: 'CN=wallB' },
        },
      })),
    ),
  CreateSelfSignedCertificate: onKeysOfA('self-sign', ({ alias }) => ({
    subject: { subject: 'CN=wallB' },
    alias,
    validityDays: 30,
  })),
  AttachCertificate: onKeysOfA('attach', ({ alias, certificate }) => ({ alias, certificate: certificate.pem })),
  DisableKey: onKeysOfA('disable', ({ alias }) => ({ alias, approvals: [] })),
  EnableKey: onKeysOfA('enable', ({ alias }) => ({ alias })),
  DestroyKey: onKeysOfA('disable', ({ alias }) => ({ alias, approvals: [] })),
  WatchDisabledKeys: async () => Promise.resolve([{ request: { revision: '' }, harmless: true }]),
  DecryptBlock: async ({ attack: { a, b }, transportKeyId }) => {
    const encoded = Buffer.from(a.keyPair.publicKey, 'base64');
    const key = createPublicKey({ key: encoded, format: 'der', type: 'pkcs1' });
    const block = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(keyManagerSecret(a.prefix)));
    const keyIdentifier = createHash('sha1').update(encoded).digest('hex');
    const request = { keyIdentifier, padding: 'PKCS1_V1_5', block, messageLength: 32, transportKeyId };
    return Promise.resolve([{ request: { ...request, contactCenter: b.contactCenter.id } }]);
  },
  CheckKey: async ({ attack: { a, b } }) =>
    Promise.resolve(
      a.certificates.map(({ certificate: { pair } }, index) => ({
        request: {
          key: { contactCenter: b.contactCenter.id, keyIdentifier: keyOf(a, index) },
          publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }),
        },
        // An operator asks about any key; under B's name there is none of A's.
        harmless: true,
      })),
    ),
  ListKeyBackups: async () => Promise.resolve([{ request: {}, harmless: true }]),
  CountersignAuditCheckpoint: async () => Promise.resolve([{ request: { checkpoint: 'nothing that anybody signed' } }]),
  // In B's own name: whatever B has sealed is B's, and the vault has nothing of A to answer.
  SealArchive: async () => Promise.resolve([{ request: { grant: 'nothing that anybody signed' } }]),
  CheckArchiveRecipient: async ({ attack: { a, b } }) =>
    Promise.resolve(
      [b, a].map(({ contactCenter }) => ({
        request: { contactCenter: contactCenter.id, certificate: archiveRecipient.pem },
        harmless: contactCenter === b.contactCenter,
      })),
    ),
  RewrapForArchive: archiveRewraps,
  ReadKeyBackup: async () => Promise.resolve([{ request: { name: '../wallA' } }]),
};

const envelopesOfA = ({ a }: Attack): (WallRecording & { readonly envelope: Buffer })[] =>
  a.recordings
    .filter(({ layout }) => layout === 'detached')
    .map(recording => ({
      ...recording,
      envelope: Buffer.from((recording.mediaFile as { pkcs7: string }).pkcs7, 'base64'),
    }));

/** Grants of B with envelopes of A. */
function unwraps({ attack, gateway, holder, transportKeyId }: RpcTools): RpcAct[] {
  const signer = new GrantSigner({ current: gateway }, playbackGrants);
  const { b } = attack;
  return envelopesOfA(attack).map(({ envelope, path, sessionKey }) => {
    const grant = signer.sign({
      sub: b.admin.name,
      contactCenter: b.contactCenter.id,
      recording: `wallB-${randomUUID()}`,
      mediaFile: path,
      location: { storage: 'webDAV', path },
      purpose: 'play',
      layout: 'detached',
      envelopeDigest: envelopeDigest(envelope),
      ...boundTo(holder),
    } satisfies Omit<PlaybackGrant, 'jti' | 'iat' | 'exp'>);
    return { request: { grant, envelope, transportKeyId }, secrets: [sessionKey] };
  });
}

/** B has envelopes of A rewrapped for a certificate of its own. */
function rewraps({ attack, gateway }: RpcTools): RpcAct[] {
  const { a, b } = attack;
  const signer = new GrantSigner({ current: gateway }, rewrapGrants);
  const target = b.certificates[0]!.certificate;
  return [0, 1].map(index => {
    const envelopes = envelopesOfA(attack).map(({ envelope }) => envelope);
    const grant = signer.sign({
      sub: b.admin.name,
      contactCenter: b.contactCenter.id,
      run: randomUUID(),
      from: keyOf(a, index),
      to: createHash('sha256').update(target.der).digest('hex'),
      replace: false,
      envelopes: envelopesDigest(envelopes),
    });
    return { request: { grant, envelopes, certificate: target.pem } };
  });
}

/** B has session keys of A encrypted for the recipient of its own archives: as if they were B's, and as A's. */
function archiveRewraps({ attack, gateway, holder }: RpcTools): RpcAct[] {
  const { a, b } = attack;
  const signer = new GrantSigner({ current: gateway }, archiveRewrapGrants);
  return envelopesOfA(attack).flatMap(({ envelope, path, id }) =>
    [b, a].flatMap(({ contactCenter }) =>
      [0, 1].map(index => {
        const grant = signer.sign({
          cnf: { 'x5t#S256': holder },
          sub: b.admin.name,
          contactCenter: contactCenter.id,
          archive: randomUUID(),
          recording: contactCenter === a.contactCenter ? id : `wallB-${randomUUID()}`,
          mediaFile: path,
          envelopeDigest: envelopeDigest(envelope),
          recipient: archiveRecipientFingerprint,
        });
        return { request: { grant, envelope, certificate: archiveRecipient.pem, keyIdentifier: keyOf(a, index) } };
      }),
    ),
  );
}
