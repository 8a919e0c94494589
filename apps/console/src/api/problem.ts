/** What the server refused a request with, in its own words, which name the next step. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** Of HTTP; 0 where no answer came. */
    readonly status: number,
    /** RCS_..., where the answer has one. */
    readonly code: string | undefined,
    message: string,
    /** Names the request in the logs of the server. */
    readonly requestId?: string,
  ) {
    super(message);
  }
}

/** The fields of both forms: problem documents (RFC 9457) and the statuses of /api/v2. */
interface ProblemBody {
  readonly code?: unknown;
  readonly title?: unknown;
  readonly detail?: unknown;
  readonly statusMessage?: unknown;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** The problem that an answer tells of. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  let body: ProblemBody = {};
  try {
    body = (await response.json()) as ProblemBody;
  } catch {
    // A proxy in front answers in its own form.
  }
  const told = [textOf(body.title), textOf(body.detail)].filter(part => part !== undefined).join(': ');
  const message = textOf(body.statusMessage) ?? textOf(told) ?? `HTTP ${String(response.status)}`;
  return new ApiProblem(response.status, textOf(body.code), message, response.headers.get('x-request-id') ?? undefined);
}
