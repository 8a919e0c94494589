import { useState, type SubmitEvent } from 'react';
import { ApiProblem } from '../api/problem.js';
import { Button } from '../components/button.js';
import { Notice } from '../components/notice.js';
import { TextField } from '../components/text-field.js';
import { useTexts } from '../texts/use-texts.js';
import { useProblemText } from '../texts/use-problem-text.js';
import { logIn } from './session-api.js';

interface Properties {
  /** Who is asked for the password alone; undefined for anybody. */
  readonly userName?: string;
  readonly onLogIn: () => void;
  /** Beside the button. */
  readonly children?: React.ReactNode;
}

/** User name and password, and what the server says to them. */
export function LoginForm({ userName: fixed, onLogIn, children }: Properties) {
  const t = useTexts();
  const problemText = useProblemText();
  const [userName, setUserName] = useState(fixed ?? '');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await logIn(userName, password);
      onLogIn();
    } catch (error) {
      const status = error instanceof ApiProblem ? error.status : undefined;
      setProblem(status === 401 ? t('login.wrong') : status === 429 ? t('login.tooMany') : problemText(error));
      setPassword('');
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="stack" onSubmit={event => void submit(event)}>
      <TextField
        label={t('login.userName')}
        name="userName"
        autoComplete="username"
        value={userName}
        onChange={setUserName}
        isReadOnly={fixed !== undefined}
        autoFocus={fixed === undefined}
        isRequired
      />
      <TextField
        label={t('login.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        autoFocus={fixed !== undefined}
        isRequired
      />
      {problem !== undefined && <Notice kind="danger">{problem}</Notice>}
      <div className="dialog-actions">
        {children}
        <Button kind="primary" type="submit" isPending={isBusy}>
          {t('login.submit')}
        </Button>
      </div>
    </form>
  );
}
