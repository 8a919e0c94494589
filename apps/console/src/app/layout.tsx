import { useEffect, useId, useRef, useState } from 'react';
import { NavLink, Outlet, useLocation } from 'react-router';
import { Button } from '../components/button.js';
import { useSession } from '../session/session.js';
import { useTexts } from '../texts/use-texts.js';
import { Brand } from './brand.js';
import { useKeptFocus } from './keep-focus.js';
import { pages } from './pages.js';
import { Preferences } from './preferences.js';

/** Navigation beside the page. */
export function Layout() {
  const t = useTexts();
  const { me, logOut } = useSession();
  const main = useRef<HTMLElement>(null);
  useKeptFocus(main);
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
        <Account userName={me.userName} onLogOut={() => void logOut()} />
      </header>
      <main className="main" id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

interface AccountProperties {
  readonly userName: string;
  readonly onLogOut: () => void;
}

/** Who is logged in, and what this browser keeps for them; on a phone behind a button (layout.css). */
function Account({ userName, onLogOut }: AccountProperties) {
  const t = useTexts();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <div
      className="account"
      onKeyDown={event => {
        if (event.key === 'Escape') setOpen(false);
      }}
    >
      <Button
        className="account-toggle"
        aria-expanded={isOpen}
        aria-controls={id}
        onPress={() => setOpen(open => !open)}
      >
        {t('app.account')} <span aria-hidden="true">▾</span>
      </Button>
      <div className="account-panel" id={id} data-open={isOpen ? '' : undefined}>
        <span className="account-name">{userName}</span>
        <Preferences />
        <Button onPress={onLogOut}>{t('login.logOut')}</Button>
      </div>
    </div>
  );
}
