import { useEffect, useEffectEvent } from 'react';
import type { LoginReason } from '../api/send.js';
import { Button } from '../components/button.js';
import { Dialog } from '../components/dialog.js';
import { useTexts } from '../texts/use-texts.js';
import { LoginForm } from './login-form.js';
import { OpenIdButton } from './open-id-button.js';
import { logInBeside, whenLoggedInBeside } from './open-id-login.js';
import { readMe, type Me } from './session-api.js';

interface Properties {
  readonly me: Me;
  readonly reason: LoginReason;
  readonly onSettled: (loggedIn: boolean) => void;
}

const words = {
  expired: { dialog: 'session-ended', title: 'login.expiredTitle', text: 'login.expired', leave: 'login.leave' },
  'fresh-login': { dialog: 'confirm-identity', title: 'login.freshTitle', text: 'login.fresh', leave: 'app.cancel' },
} as const;

/** Over the page, which stays as it is: the same person logs in once more. */
export function LogInAgain({ me, reason, onSettled }: Properties) {
  const t = useTexts();
  const settled = useEffectEvent(onSettled);
  useEffect(
    () =>
      whenLoggedInBeside(() => {
        void (async () => {
          const now = await readMe();
          // Somebody else at the provider: nothing that was typed is sent in their name.
          if (now?.userName !== me.userName || now.contactCenter !== me.contactCenter) location.reload();
          else settled(true);
        })();
      }),
    [me],
  );
  const { dialog, title, text, leave } = words[reason];
  return (
    <Dialog name={dialog} title={t(title)} isOpen onClose={() => onSettled(false)} isDismissable={false}>
      <p>{t(text)}</p>
      <LoginForm userName={me.userName} onLogIn={() => onSettled(true)}>
        <Button onPress={() => onSettled(false)}>{t(leave)}</Button>
      </LoginForm>
      <OpenIdButton onPress={() => logInBeside(reason)} />
    </Dialog>
  );
}
