import { isIP } from 'node:net';
import { z } from 'zod';
import { filePath, milliseconds, ownAllowWeakKeys, secret } from './option-types.js';

const distinguishedName = z
  .string()
  .regex(/^[A-Za-z0-9.-]+=.+$/, 'must be a distinguished name such as dc=example,dc=org');
const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9;.-]*$/, 'must be the name of an attribute');
const role = z.enum(['agent', 'supervisor', 'admin']);
/** As the store has them. */
const privilege = z.enum([
  'administer-certificates',
  'administer-local-key-manager',
  'decrypt-recording',
  'add-label-definition',
  'delete-label-definition',
  'add-label',
  'delete-label',
  'apply-non-delete',
  'unapply-non-delete',
]);

/** What a person may do for being a member of a group of this name. */
const groupGrant = () =>
  z.strictObject({
    group: z.string().min(1).describe('Name of the group.'),
    roles: z.array(role).default([]),
    privileges: z.array(privilege).default([]),
  });

/** In which attributes of a person the directory keeps what the Configuration Server keeps in options of a Person. */
const personAttributes = () =>
  z
    .strictObject({
      userName: attribute.default('uid'),
      roles: attribute.default('employeeType').describe('`[htcc] roles`: agent, supervisor, admin.'),
      privileges: attribute.optional().describe('`[recording] privileges`.'),
      agentHierarchy: attribute.optional().describe('`[recording] agent_hierarchy`, such as /Anthony/John.'),
      partitions: attribute.optional().describe('`[recording] partitions`.'),
      agentIds: attribute
        .default('employeeNumber')
        .describe('What else recordings call the person, such as an employee id.'),
      options: attribute
        .optional()
        .describe(
          'Lines such as `[recording] agent_hierarchy=/Anthony/John`, for directories that keep the options as they are.',
        ),
    })
    .prefault({});

/** The directory that stands for the Configuration Server of some contact centers. */
export const configurationServer = () =>
  z
    .strictObject({
      contactCenters: z
        .array(z.string().min(1))
        .min(1)
        .describe(
          'Ids of the contact centers whose people it authenticates; `*` stands for all that no other entry names.',
        ),
      enabled: z.boolean().default(true).describe('false: its people have local accounts meanwhile.'),
      urls: z
        .array(z.url({ protocol: /^ldaps?$/, error: 'must start with ldap:// or ldaps://' }))
        .min(1)
        .describe('Tried in this order.'),
      tlsEnabled: z
        .boolean()
        .default(false)
        .describe('Upgrades an ldap:// connection with StartTLS (RFC 4513); ldaps:// is encrypted anyway.'),
      configurationServerTrustedCA: z
        .union([z.boolean(), filePath])
        .optional()
        .describe(
          "true: the system's authorities; false: no check; a path: PEM, JKS or PKCS#12. caCertificate when absent.",
        ),
      configurationServerJksPassword: secret
        .optional()
        .describe('Of the keystore that configurationServerTrustedCA names.'),
      keyStorePath: filePath
        .optional()
        .describe('PEM file, JKS or PKCS#12 with the certificate and key to show when the directory asks for one.'),
      keyStorePassword: secret.optional().describe('Of that keystore.'),
      allowWeakKeys: ownAllowWeakKeys,
      bindDn: distinguishedName
        .optional()
        .describe(
          'The account that looks people up; without it people are found by `personDn` and read with their own rights.',
        ),
      bindPassword: secret.optional(),
      personDn: z
        .string()
        .includes('{userName}', 'must contain {userName}')
        .optional()
        .describe('Such as uid={userName},ou=people,dc=example,dc=com.'),
      peopleBaseDn: distinguishedName.describe('Below it lie the people.'),
      personObjectClass: attribute.default('person').describe('People are entries of this object class.'),
      groupsBaseDn: distinguishedName
        .optional()
        .describe('Below it lie the groups; those whose name is a path, such as /Anthony, are access groups.'),
      groupMemberAttribute: attribute.default('member').describe('Where a group names its members.'),
      groupNameAttribute: attribute.default('cn').describe('Where it has its own name.'),
      groupGrants: z.array(groupGrant()).default([]),
      attributes: personAttributes(),
      connectTimeoutMs: milliseconds.default(3000).describe('For one attempt to connect to one server.'),
      timeoutMs: milliseconds.default(8000).describe('For one login or look-up as a whole.'),
      maxConnections: z
        .int()
        .min(1)
        .max(256)
        .default(8)
        .describe('For looking people up, and as many for checking passwords.'),
      idleTimeoutMs: milliseconds.default(60_000).describe('An unused connection is closed after this.'),
      cacheTimeToLiveMs: z
        .int()
        .min(0)
        .max(300_000)
        .default(30_000)
        .describe("A verified credential is remembered, and a person's data taken as current, this long."),
    })
    .superRefine((server, context) => {
      const refuse = (path: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (server.bindDn === undefined && server.personDn === undefined) {
        refuse('bindDn', 'name bindDn with bindPassword, or personDn, so that people can be found');
      }
      if ((server.bindDn === undefined) !== (server.bindPassword === undefined || server.bindPassword === '')) {
        refuse('bindPassword', 'bindDn and bindPassword belong together');
      }
      if (!server.tlsEnabled && server.urls.some(sendsClearText)) {
        refuse('urls', 'ldap:// would send passwords in clear text over the network: use ldaps:// or set tlsEnabled');
      }
    });

function sendsClearText(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'ldap:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

export type ConfigurationServerSettings = z.output<ReturnType<typeof configurationServer>>;
