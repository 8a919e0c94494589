import type { IncomingMessage } from 'node:http';

/**
 * The path of a request to one of the servers without a router, without its query. It is compared as a whole with the few
 * paths that there are: another spelling of one of them is another path, and unknown.
 */
// eslint-disable-next-line no-restricted-syntax -- the one place of the servers without a router
export const exactPath = ({ url }: Pick<IncomingMessage, 'url'>): string => (url ?? '').split('?', 1)[0] ?? '';
