import { KeyFileProblem } from '../../private-keys/key-file-problem.js';
import { useProblemText } from '../../texts/use-problem-text.js';
import { useTexts } from '../../texts/use-texts.js';

/** What is wrong with a chosen file, or what the server said. */
export function useKeyProblemText(): (error: unknown) => string {
  const t = useTexts();
  const problemText = useProblemText();
  return error => (error instanceof KeyFileProblem ? t(`keyFile.${error.reason}`) : problemText(error));
}
