import { ApiProblem } from '../api/problem.js';
import { useProblemText } from '../texts/use-problem-text.js';
import { useTexts } from '../texts/use-texts.js';
import { Button } from './button.js';
import { Notice } from './notice.js';

/** What went wrong, which request it was, and a way on. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const t = useTexts();
  const problemText = useProblemText();
  const id = error instanceof ApiProblem ? error.requestId : undefined;
  return (
    <Notice kind="danger">
      <p>{problemText(error)}</p>
      {id !== undefined && <p className="mono">{t('app.requestId', { id })}</p>}
      {retry !== undefined && (
        <div>
          <Button onPress={retry}>{t('app.retry')}</Button>
        </div>
      )}
    </Notice>
  );
}
