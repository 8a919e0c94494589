import { errorRegistry, type ErrorDefinition } from '#platform';

/** docs/errors.md, made from the registry of errors. */
export function errorsPage(): string {
  const rows = Object.entries<ErrorDefinition>(errorRegistry).map(
    ([code, { http, apiStatusCode, title, retryable, remedy }]) =>
      `| \`${code}\` | ${http} | ${apiStatusCode} | ${retryable ? 'yes' : 'no'} | ${title} | ${remedy} |`,
  );
  return [
    '# Errors',
    '',
    'Every error has a stable code. Below `/rcs` it is answered as a problem document (RFC 9457, `code`, `requestId`, `retryable`), elsewhere',
    'as `{"statusCode", "statusMessage"}` with the number in the third column. The log line with the same request id has the cause.',
    'Errors that may pass carry `Retry-After`.',
    '',
    'This page is made by `npm run docs` from `libs/platform/src/errors/error-registry.ts`.',
    '',
    '| code | HTTP | statusCode | repeat | what | what to do |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
