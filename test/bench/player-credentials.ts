import type { ReadyLine } from '../support/cluster/running-cluster.js';

/** Header fields of the first user of the demo, who may play everything. */
export function playerFields({ users }: ReadyLine): Readonly<Record<string, string>> {
  const [user] = users;
  if (user === undefined) throw new Error('the cluster has no user');
  return basic(user.name, user.password);
}

/** Header fields that the storage asks for. */
export const storageFields = ({ webdav }: ReadyLine): Readonly<Record<string, string>> =>
  basic(webdav.user, webdav.password);

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
