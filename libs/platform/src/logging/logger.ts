import { destination, pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

/** Names under which a secret could slip into a log line; their values never appear, down to the third level. */
const secretNames = [
  'authorization',
  'cookie',
  'password',
  'pin',
  'sessionKey',
  'privateKey',
  'grant',
  'jwe',
  'secret',
  'pkcs8',
];

/** JSON lines on standard output unless told otherwise, one per event, with the service and instance that wrote it. */
export function createLogger(
  service: string,
  instance: string,
  level: string,
  output: DestinationStream = destination(1),
): Logger {
  return pino(
    {
      level,
      base: { service, instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      redact: { paths: secretNames.flatMap(name => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    output,
  );
}
