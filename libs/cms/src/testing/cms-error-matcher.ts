import { CmsError, type CmsErrorCode } from '../cms-error.js';

/** The error a call must fail with; anything but a CmsError fails the test. */
export function cmsErrorOf(call: () => unknown): CmsError {
  try {
    call();
  } catch (error) {
    return asCmsError(error);
  }
  throw new Error('nothing was thrown');
}

export async function cmsErrorFrom(promise: Promise<unknown>): Promise<CmsError> {
  try {
    await promise;
  } catch (error) {
    return asCmsError(error);
  }
  throw new Error('nothing was thrown');
}

/** Runs a call that may only succeed or fail with a CmsError; tells which code. */
export function outcomeOf(call: () => unknown): CmsErrorCode | 'success' {
  try {
    call();
    return 'success';
  } catch (error) {
    return asCmsError(error).code;
  }
}

function asCmsError(error: unknown): CmsError {
  if (error instanceof CmsError) return error;
  throw new Error('something else than a CmsError was thrown', { cause: error });
}
