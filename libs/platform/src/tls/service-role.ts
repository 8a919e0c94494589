/** What a service may do inside the cluster is written into its certificate as a URI subject alternative name. */
export const serviceRoles = [
  'playback-gateway',
  'key-vault',
  'decrypt-worker',
  'local-key-manager',
  'rcsctl',
  'operator',
] as const;
export type ServiceRole = (typeof serviceRoles)[number];

const rolePrefix = 'urn:recording-crypto-server:role:';

export const roleUri = (role: ServiceRole): string => `${rolePrefix}${role}`;

/**
 * The role in a subject alternative name as Node prints it. Node quotes values that contain a separator, so a name
 * such as `DNS:"a, URI:urn:..."` cannot smuggle a role in. More than one role is no role.
 */
export function roleOfSubjectAltName(subjectAltName: string | undefined): ServiceRole | undefined {
  const roles = [...(subjectAltName ?? '').matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)]
    .filter(([, type]) => type === 'URI')
    .map(([, , value]) => value ?? '')
    .filter(value => value.startsWith(rolePrefix));
  if (roles.length !== 1) return undefined;
  const name = roles[0]?.slice(rolePrefix.length);
  return serviceRoles.find(role => role === name);
}
