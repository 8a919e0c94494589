import type { JsonSchema } from './named-schema.js';

interface Described {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

interface DescribedOperation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly responses: Readonly<Record<string, unknown>>;
}

/** The page docs/api.md, from the description of the API. */
export function apiPage(document: JsonSchema): string {
  const { tags, paths } = document as unknown as Described;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
  );
  return [
    '# HTTP API of the playback gateway',
    '',
    '_Made from the code by `npm run docs`._',
    '',
    `All ${operations.length} operations. Requests, answers and every field of them are in the OpenAPI 3.1 document that a gateway`,
    'serves at `/rcs/openapi.json`, and shows at `/rcs/openapi`, to whoever may log in. What an error code means is in',
    '[errors.md](errors.md). No test passes in which a gateway answers with a status or a field that is not described.',
    ...tags.flatMap(({ name }) => [
      '',
      `## ${name}`,
      '',
      ...table(operations.filter(({ tags: [tag] }) => tag === name)),
    ]),
    '',
  ].join('\n');
}

const table = (operations: readonly (DescribedOperation & { method: string; path: string })[]): string[] => [
  '| operation | | authenticated by | answers |',
  '| --- | --- | --- | --- |',
  ...operations.map(
    ({ method, path, summary, security, responses }) =>
      `| \`${method.toUpperCase()} ${path}\` | ${summary} | ${authentication(security)} | ${Object.keys(responses).join(' ')} |`,
  ),
];

function authentication(security: DescribedOperation['security']): string {
  if (security.length === 0) return 'not needed';
  return security.map(scheme => Object.keys(scheme)[0] ?? 'the body').join(', ');
}
