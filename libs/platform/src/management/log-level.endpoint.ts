import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { changeableLogLevels, type LogLevel } from '../logging/log-level.js';
import { isLocalCaller } from './local-caller.js';

export interface EndpointAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An hour unless told otherwise, a day at most: nobody forgets a chatty process for good. */
const change = z.strictObject({
  level: z.enum(changeableLogLevels),
  seconds: z.int().min(1).max(86_400).default(3600),
});
const maximumBodyBytes = 1024;

/**
 * Reads or changes the level of the logs. For callers on the same machine (or in the same pod) alone; changes are for those
 * who show the token of the configuration.
 */
export async function answerLogLevel(request: IncomingMessage, logLevel: LogLevel): Promise<EndpointAnswer> {
  if (!isLocalCaller(request)) {
    return { status: 403, body: { error: 'only from the loopback address, without a proxy' } };
  }
  if (request.method === 'PUT' || request.method === 'DELETE') {
    const refusal = refusalOf(request, logLevel);
    if (refusal !== undefined) return refusal;
  }
  switch (request.method) {
    case 'GET':
      break;
    case 'PUT': {
      const parsed = change.safeParse(await readJson(request));
      if (!parsed.success) {
        const example = { level: 'debug', seconds: 600 };
        return { status: 400, body: { error: 'the body is not understood', example, levels: changeableLogLevels } };
      }
      logLevel.setFor(parsed.data.level, parsed.data.seconds);
      break;
    }
    case 'DELETE':
      logLevel.reset();
      break;
    default:
      return { status: 405, body: { error: 'GET, PUT or DELETE' }, headers: { allow: 'GET, PUT, DELETE' } };
  }
  return { status: 200, body: logLevel.state };
}

function refusalOf({ headers }: IncomingMessage, logLevel: LogLevel): EndpointAnswer | undefined {
  if (!logLevel.changeable) {
    return { status: 403, body: { error: 'nobody changes the level: the configuration has no logging.levelToken' } };
  }
  const [, shown = ''] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
  if (logLevel.admits(shown)) return undefined;
  return {
    status: 401,
    body: { error: 'show the token of logging.levelToken as Bearer' },
    headers: { 'www-authenticate': 'Bearer' },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1');
    if (text.length > maximumBodyBytes) return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
