import { useEffect, useRef } from 'react';
import { NavLink, Outlet, useLocation } from 'react-router';
import { Button } from '../components/button.js';
import { useSession } from '../session/session.js';
import { useTexts } from '../texts/use-texts.js';
import { Brand } from './brand.js';
import { pages } from './pages.js';
import { Preferences } from './preferences.js';

/** Navigation beside the page. */
export function Layout() {
  const t = useTexts();
  const { me, logOut } = useSession();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const page = pages.find(({ path }) => pathname === `/${path}` || pathname.startsWith(`/${path}/`));

  useEffect(() => {
    document.title = page === undefined ? t('app.name') : `${t(page.title)} · ${t('app.name')}`;
  }, [page, t]);

  return (
    <div className="shell">
      <a
        className="skip-link"
        href="#main"
        onClick={event => {
          // The place behind the # is the router's.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <header className="sidebar">
        <Brand />
        <nav className="nav" aria-label={t('app.navigation')}>
          <ul>
            {pages
              .filter(({ isFor }) => isFor?.(me) ?? true)
              .map(({ path, title }) => (
                <li key={path}>
                  <NavLink to={`/${path}`}>{t(title)}</NavLink>
                </li>
              ))}
          </ul>
        </nav>
        <div className="account">
          <span className="account-name">{me.userName}</span>
          <Preferences />
          <Button onPress={() => void logOut()}>{t('login.logOut')}</Button>
        </div>
      </header>
      <main className="main" id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
