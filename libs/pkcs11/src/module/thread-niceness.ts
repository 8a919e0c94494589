/**
 * What is added to the nice value of threads on which a module computes: the event loops go first, yet these threads keep half of
 * their share on a host that is full.
 */
export const threadNiceness = 3;
