/** An origin as browsers write it (RFC 6454 section 6.2): scheme, host and a port that is not the scheme's own. */
const serialisedOrigin = /^https?:\/\/(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** A host name has at most 253 characters (RFC 1035); the bound keeps the judging of hostile ones cheap. */
const longestOrigin = 300;

const anyLabels = '[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*';

/** Judges origins against patterns whose host may hold `*`; each stands for one or more whole labels. */
export class OriginPatterns {
  private readonly all: boolean;
  private readonly expressions: readonly RegExp[];

  constructor(patterns: readonly string[]) {
    this.all = patterns.includes('*');
    this.expressions = patterns.filter(pattern => pattern !== '*').map(expressionOf);
  }

  /** `null`, the origin of sandboxed pages and files, matches nothing but `*`. */
  match(origin: string): boolean {
    if (this.all) return true;
    return (
      origin.length <= longestOrigin &&
      serialisedOrigin.test(origin) &&
      this.expressions.some(expression => expression.test(origin))
    );
  }
}

function expressionOf(pattern: string): RegExp {
  const withoutDefaultPort = pattern.toLowerCase().replace(/^(http:\/\/.*):80$|^(https:\/\/.*):443$/, '$1$2');
  const source = withoutDefaultPort
    .split('*')
    .map(literal => literal.replace(/[.\\+?^${}()|[\]]/g, '\\$&'))
    .join(anyLabels);
  return new RegExp(`^${source}$`);
}
