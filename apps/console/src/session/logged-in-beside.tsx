import { useEffect } from 'react';
import { Brand } from '../app/brand.js';
import { Notice } from '../components/notice.js';
import { useTexts } from '../texts/use-texts.js';
import { tellPageBeside } from './open-id-login.js';

/** The end of a log-in in a window beside the page; seen where the browser leaves the window open. */
export function LoggedInBeside() {
  const t = useTexts();
  useEffect(tellPageBeside, []);
  return (
    <main className="login">
      <div className="card login-card">
        <Brand />
        <Notice kind="good">{t('login.doneBeside')}</Notice>
      </div>
    </main>
  );
}
