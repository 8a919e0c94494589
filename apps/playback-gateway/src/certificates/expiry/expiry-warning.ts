/** What is said when a certificate nears its end. */
export interface ExpiryWarning {
  readonly contactCenter: string;
  readonly alias: string;
  readonly issuedTo: string;
  readonly serialNumber: string;
  /** ISO 8601. */
  readonly expires: string;
  /** Whole days; negative when it has ended. */
  readonly daysLeft: number;
  readonly deployedCount: number;
}

/** The smallest threshold that the days left have reached; undefined while it is too early for any. */
export function reachedThreshold(daysLeft: number, thresholds: readonly number[]): number | undefined {
  const reached = thresholds.filter(threshold => daysLeft <= threshold);
  return reached.length === 0 ? undefined : Math.min(...reached);
}
