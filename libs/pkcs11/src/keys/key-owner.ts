/**
 * Whose an object of the token is, by its label `<owner>/<name>`; empty for the objects of other tools. Two owners that
 * bring the same key are walls to each other: each has a private key object of its own, so that removing one leaves the
 * other's.
 */
export const ownerOf = (label: string): string => label.slice(0, label.lastIndexOf('/') + 1);

/** Whether an object may serve this owner: its own, or nobody's. */
export const mayServe = (label: string, owner: string): boolean => ['', owner].includes(ownerOf(label));
