import { describeDatabaseProblem, HostProblem, ReadOnlyServer } from './database-problem.js';
import type { PostgresqlOptions } from './postgresql-options.js';

/** What to do about a code of PostgreSQL (its manual, appendix A), of Node, or of TLS. */
const advice: readonly (readonly [RegExp, (options: PostgresqlOptions) => string])[] = [
  [
    /^(28P01|28000)$/,
    ({ user }) => `check store.postgresql.userName (${user}), its password, and pg_hba.conf of the server`,
  ],
  [/^3D000$/, ({ database, user }) => `create the database: CREATE DATABASE ${database} OWNER ${user}`],
  [
    /^42501$/,
    ({ user }) => `${user} lacks a right: run rcsctl store migrate as the owner of the tables, with --grant-to ${user}`,
  ],
  [
    /^(42P01|42703)$/,
    () => 'the tables are of another version: run rcsctl store migrate of this one as their owner, and then this',
  ],
  [/^(ENOTFOUND|EAI_AGAIN)$/, () => 'no such host: check store.postgresql.hosts'],
  [/^ECONNREFUSED$/, () => 'nothing listens there: check store.postgresql.hosts and listen_addresses of the server'],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_.*)$/,
    () =>
      'the certificate of the server is of nobody who is trusted: name its authority in store.postgresql.postgresqlTrustedCA',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    () =>
      'the certificate of the server has another name: write the host in store.postgresql.hosts as the certificate does',
  ],
];

/** One line for whoever operates this: what is wrong with the database, and what to do. */
export function connectionProblem(options: PostgresqlOptions, error: unknown): string {
  const problems: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return problems.map(problem => `${describeDatabaseProblem(problem)}${adviceFor(options, problem)}`).join('; ');
}

function adviceFor(options: PostgresqlOptions, problem: unknown): string {
  const cause = problem instanceof HostProblem ? problem.cause : problem;
  const code = (cause as { readonly code?: string } | undefined)?.code ?? '';
  const message = cause instanceof Error ? cause.message : '';
  const found = advice.find(([codes]) => codes.test(code));
  if (found !== undefined) return `: ${found[1](options)}`;
  if (cause instanceof ReadOnlyServer) return ': name the server that may be written in store.postgresql.hosts, too';
  if (/does not support SSL/.test(message)) {
    return ': switch TLS on there, or write enableSsl: false where the network is trusted';
  }
  if (/timeout expired|timeout exceeded|query read timeout/i.test(message)) return ': it does not answer';
  return '';
}
