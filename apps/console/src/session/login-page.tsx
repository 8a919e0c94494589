import { Notice } from '../components/notice.js';
import { useTexts } from '../texts/use-texts.js';
import { Brand } from '../app/brand.js';
import { Preferences } from '../app/preferences.js';
import { LoginForm } from './login-form.js';
import type { LoginOutcome } from './login-outcome.js';
import { OpenIdButton } from './open-id-button.js';
import { logInAtProvider, logInBeside } from './open-id-login.js';

interface Properties {
  /** How a log-in at the provider ended that has led here. */
  readonly outcome: LoginOutcome;
  readonly onLogIn: () => void;
}

/** What everybody sees who is not logged in; the address stays, so that a link leads on after it. */
export function LoginPage({ outcome: { failure, isInWindow }, onLogIn }: Properties) {
  const t = useTexts();
  return (
    <main className="login">
      <div className="card login-card">
        <Brand />
        <h1>{t('login.title')}</h1>
        {failure !== undefined && <Notice kind="danger">{t(`login.provider.${failure}`)}</Notice>}
        <LoginForm onLogIn={onLogIn} />
        <OpenIdButton onPress={isInWindow ? () => logInBeside('expired') : logInAtProvider} />
        <Preferences />
      </div>
    </main>
  );
}
