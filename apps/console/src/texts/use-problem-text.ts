import { ApiProblem } from '../api/problem.js';
import { useTexts } from './use-texts.js';

/** What went wrong, for people: the server's own words where it said something, with the request for its logs. */
export function useProblemText(): (error: unknown) => string {
  const t = useTexts();
  return error => {
    if (!(error instanceof ApiProblem)) return error instanceof Error ? error.message : String(error);
    return error.status === 0 ? t('app.noAnswer') : error.message;
  };
}
