import type { KeyApproval, VerifiedKeyApproval } from '#grants';
import { RcsError } from '#platform';

/** What approvals must say, all of it, to count. */
export type WantedApproval = Pick<
  KeyApproval,
  'purpose' | 'contactCenter' | 'keyIdentifier' | 'alias' | 'disabledAt' | 'unlistableSources'
>;

/**
 * The approvals that are about this very act, one of each operator.
 * @throws RcsError RCS_APPROVAL_REQUIRED saying what is missing when they are fewer than `count`
 */
export function requireApprovals(
  approvals: readonly VerifiedKeyApproval[],
  wanted: WantedApproval,
  count: 1 | 2,
): readonly VerifiedKeyApproval[] {
  const problems: string[] = [];
  const good: VerifiedKeyApproval[] = [];
  for (const one of approvals) {
    const problem =
      problemOf(one, wanted) ?? (good.some(other => sameOperator(one, other)) ? repeated(one) : undefined);
    if (problem === undefined) good.push(one);
    else problems.push(problem);
  }
  if (good.length >= count) return good;
  const { purpose, alias, contactCenter, unlistableSources } = wanted;
  const sources = unlistableSources.map(source => ` --source ${JSON.stringify(source)}`).join('');
  const publicDetail = [
    `to ${purpose} the key ${JSON.stringify(alias)} of contact center ${contactCenter} needs the approval of ` +
      (count === 1 ? 'an operator' : 'two different operators, because it is the last key of the contact center') +
      `; ${good.length} of those that were brought ${good.length === 1 ? 'is' : 'are'} good`,
    ...problems,
    `sign one with rcsctl keys approve ${JSON.stringify(alias)} --purpose ${purpose}${sources}`,
  ].join('; ');
  throw new RcsError('RCS_APPROVAL_REQUIRED', publicDetail, { publicDetail });
}

function problemOf({ approval, operator }: VerifiedKeyApproval, wanted: WantedApproval): string | undefined {
  for (const name of ['purpose', 'contactCenter', 'keyIdentifier', 'alias', 'disabledAt'] as const) {
    if (approval[name] === wanted[name]) continue;
    return `the approval of ${operator} is for another ${name}: ${approval[name] ?? 'none'}`;
  }
  const unnamed = wanted.unlistableSources.filter(source => !approval.unlistableSources.includes(source));
  if (unnamed.length === 0) return undefined;
  return `the approval of ${operator} does not name ${unnamed.map(source => JSON.stringify(source)).join(', ')}`;
}

/** A new key under the same name is the same person, and so is a new name for the same key. */
const sameOperator = (one: VerifiedKeyApproval, other: VerifiedKeyApproval): boolean =>
  one.operatorKey === other.operatorKey || one.operator === other.operator;

const repeated = ({ operator }: VerifiedKeyApproval): string => `${operator} has approved twice, which counts once`;
